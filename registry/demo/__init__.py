"""The demo township: a seeded generator of the files that a township office would bring.

It writes files and knows no app: the demo imports these files through the importers that every user has.
"""

from registry.demo.build import DemoFiles, generate

__all__ = ["DemoFiles", "generate"]
