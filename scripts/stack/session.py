"""A user's session with a running Odoo, through the calls the web client makes."""

import http.cookiejar
import json
import urllib.request

from .console import Problem


def direct_opener(*handlers):
    """Return an opener that takes no proxy: the server is this machine."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), *handlers)


class Session:
    """A session of a user with the running server, as the web client has one."""

    def __init__(self, url, database, login="admin", password="admin"):
        self.url = url
        cookies = http.cookiejar.CookieJar()
        self.opener = direct_opener(urllib.request.HTTPCookieProcessor(cookies))
        self._post(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )

    def call(self, model, method, *arguments, **keywords):
        """Call a public method and return its result."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": arguments, "kwargs": keywords},
        )

    def _post(self, route, parameters):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": parameters})
        request = urllib.request.Request(
            self.url + route, body.encode(), {"Content-Type": "application/json"}
        )
        with self.opener.open(request, timeout=60) as answer:
            result = json.load(answer)
        if "error" in result:
            message = result["error"].get("data", {}).get("message", result["error"])
            raise Problem(f"The running server refused {route}: {message}")
        # A method that returns nothing leaves the result out.
        return result.get("result")
