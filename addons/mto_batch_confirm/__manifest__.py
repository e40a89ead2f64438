{
    "name": "Make to Order Batch Confirmation",
    "summary": "Confirm orders with many manufacturing orders ten times faster",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["sale_mrp", "purchase_mrp"],
}
