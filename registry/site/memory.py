"""What a server holds for as long as it runs is not looked through for garbage. 中文：内存回收

The program itself is some hundred thousand objects; a full collection walks through them all, for a tenth of
a second and more, every dozen pages.
"""

import gc

AFTER = (10_000, 20, 50)  # new objects, then rounds: short collections, of what pages left behind alone


def settle() -> None:
    """Set what there is aside; called when everything is loaded and before pages are answered."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*AFTER)
