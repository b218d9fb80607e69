"""Files as offices keep them, read into Python rows: no database, no Django models.

``vector``  layers of shapes (shapefile, GeoPackage, File Geodatabase, GeoJSON, KML)
``table``   spreadsheets (ledgers with title rows, merged heads, sections and totals)

Everything a file does wrong comes back as a :class:`~registry.readers.errors.ReadError` with a sentence.
"""
