{
    "name": "Make to Order Changes: Promise",
    "summary": "Tell when more can be had, before the order is changed",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["mto_change", "mto_promise"],
    "auto_install": True,
}
