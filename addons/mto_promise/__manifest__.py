{
    "name": "Make to Order Promise",
    "summary": "Honest delivery dates, and delays that reach the order",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["mto_pegging", "operation_exception"],
    "data": [],
}
