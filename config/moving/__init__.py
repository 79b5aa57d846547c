"""Moving an installation from SQLite to PostgreSQL: look at every row, copy them all, compare them all.

`databases` opens both sides and refuses what cannot be moved, `preflight` names each row that PostgreSQL would refuse,
`copying` writes in one transaction, and `comparing` reads both sides as the product does before it is committed.
"""
