{
    "name": "Make to Order Cascade: Subcontracting",
    "summary": "Carry the order through the subcontractor, down to its components",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["mto_cascade", "mrp_subcontracting"],
    "auto_install": True,
}
