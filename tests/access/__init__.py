"""Who gets into which address: the table, and the things that its addresses speak of."""
