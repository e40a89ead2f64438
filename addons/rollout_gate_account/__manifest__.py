{
    "name": "Rollout: Invoicing",
    "summary": "Invoices and the accounts of categories obey locks",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Accounting",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["rollout_gate", "account"],
    "auto_install": True,
}
