"""Money: the ledger of sourcing options, measures of their cash flows, and what would overturn the comparison (economics A)."""
