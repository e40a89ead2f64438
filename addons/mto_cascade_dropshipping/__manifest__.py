{
    "name": "Make to Order Cascade: Dropshipping",
    "summary": "Say which order lines the vendor ships, and carry their demand",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Purchase",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["mto_cascade", "stock_dropshipping"],
    "auto_install": True,
}
