"""Command line options that the commands have in common."""


def add_server_options(parser):
    """Add the options that every command with a server has."""
    parser.add_argument("--odoo", metavar="PATH", help="an Odoo 19 of yours to use")
    parser.add_argument(
        "--db-host", help="a PostgreSQL of yours instead of the embedded"
    )
    parser.add_argument("--db-port", type=int, default=5432)
    parser.add_argument(
        "--db-user", help="its user; the password is read from PGPASSWORD"
    )
