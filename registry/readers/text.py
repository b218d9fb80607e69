"""Which encoding is this, and is this text damaged? 中文：字符编码识别与乱码判断

Office files are in GB18030 (GBK, GB2312) or UTF-8 and often do not say which. Bytes of one read as the other
mostly decode without an error, so the answer needs a look at the characters: Chinese as people write it
consists of the 3,755 common characters of GB 2312 level 1, damaged text does not.
"""

import codecs
from collections.abc import Iterable, Sequence

KNOWN_WORDS = (
    "水田", "旱地", "水浇地", "林地", "园地", "草地", "农村", "道路", "村", "乡", "镇", "县", "省", "集体",
)  # fmt: skip
LOST = ("\ufffd", "锟斤拷", "烫烫", "屯屯")
CHINESE_PUNCTUATION = "，。、；：？！（）《》“”‘’—…〔〕【】·％　"
ALIASES = {
    "936": "gb18030", "cp936": "gb18030", "ansi936": "gb18030", "oem936": "gb18030", "gbk": "gb18030",
    "gb2312": "gb18030", "gb18030": "gb18030", "gb": "gb18030", "euccn": "gb18030", "windows936": "gb18030",
    "utf8": "utf-8", "65001": "utf-8", "cp65001": "utf-8", "utf8bom": "utf-8", "utf8sig": "utf-8",
    "950": "big5", "cp950": "big5", "big5": "big5",
    "iso88591": "latin-1", "latin1": "latin-1", "88591": "latin-1", "1252": "cp1252", "cp1252": "cp1252",
    "ansi1252": "cp1252", "windows1252": "cp1252",
}  # fmt: skip
NAMES = {"gb18030": "GB18030", "utf-8": "UTF-8", "big5": "Big5", "latin-1": "ISO-8859-1", "cp1252": "CP1252"}


def codec_name(declared: str) -> str | None:
    """The Python codec for a declared name ("936", "GBK", "UTF-8", ...), or None when it is unknown."""
    key = "".join(c for c in declared.strip().lower() if c.isalnum())
    if key in ALIASES:
        return ALIASES[key]
    try:
        return codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        return None


def display_name(codec: str) -> str:
    """The name of a codec as people know it."""
    return NAMES.get(codec, codec.upper())


def decode(raw: bytes, codec: str) -> tuple[str, bool]:
    """The text and whether it was whole; a character cut off at the end of a fixed-width field is dropped."""
    try:
        return raw.decode(codec), True
    except UnicodeDecodeError as error:
        if len(raw) - error.start < 4:
            try:
                return raw[: error.start].decode(codec), True
            except UnicodeDecodeError:
                pass
        return raw.decode(codec, errors="replace"), False


def fits(sample: Sequence[bytes], codec: str) -> bool:
    """Whether (nearly) all values decode strictly: one broken value, or one in a hundred, does not decide."""
    broken = sum(1 for raw in sample if not decode(raw, codec)[1])
    return broken <= max(len(sample) // 100, len(sample) >= 4)


def quality_as(sample: Sequence[bytes], codec: str) -> float:
    """How Chinese the values that decode whole are under this codec."""
    decoded = (decode(raw, codec) for raw in sample)
    return chinese_quality(value for value, whole in decoded if whole)


def _is_common(char: str) -> bool:
    try:
        raw = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(raw) == 2 and 0xB0 <= raw[0] <= 0xD7


def chinese_quality(texts: Iterable[str]) -> float:
    """Share of the non-ASCII characters that are common Chinese; -1 when characters are lost, 0 to 1 else."""
    good = total = 0
    known = False
    for text in texts:
        if any(mark in text for mark in LOST):
            return -1.0
        wide = [c for c in text if ord(c) > 0x7F]
        total += len(wide)
        good += sum(1 for c in wide if _is_common(c) or c in CHINESE_PUNCTUATION)
        known = known or any(word in text for word in KNOWN_WORDS)
    if not total:
        return 0.0
    return max(good / total, 0.6) if known else good / total


def trial(sample: Sequence[bytes]) -> str | None:
    """The encoding under which the sample reads as Chinese: GB18030 or UTF-8; None when neither does."""
    found: list[tuple[float, str]] = []
    for codec in ("utf-8", "gb18030"):
        if fits(sample, codec):
            found.append((quality_as(sample, codec), codec))
    if not found:
        return None
    quality, codec = max(found, key=lambda pair: pair[0])
    if quality >= 0.3:
        return codec
    return "utf-8" if found[0][1] == "utf-8" else None


def non_ascii(values: Iterable[bytes], limit: int = 4000) -> list[bytes]:
    """The values that need a decision, without repetitions."""
    chosen: dict[bytes, None] = {}
    for raw in values:
        if len(chosen) >= limit:
            break
        if any(byte > 0x7F for byte in raw):
            chosen[raw] = None
    return list(chosen)


def damage(texts: Iterable[str]) -> str | None:
    """How these texts were damaged: "latin-1" or "gb18030" (read so by mistake), "lost", or None.

    Chinese in GB18030 read as Latin-1 shows as ºÚÁú½­Ê¡, UTF-8 read as GB18030 as 姘寸敯, and what went
    through a lossy conversion as question marks in black diamonds.
    """
    wide = [text for text in dict.fromkeys(texts) if any(ord(c) > 0x7F for c in text)][:500]
    if not wide:
        return None
    votes = [_damage_of(text) for text in wide]
    for verdict in ("latin-1", "gb18030", "lost"):
        if votes.count(verdict) * 2 > len(wide):
            return verdict
    return None


def _damage_of(text: str) -> str | None:
    if any(mark in text for mark in LOST):
        return "lost"
    now = chinese_quality([text])
    if now < 0.5 and any(_reads_better(text, wrong, "gb18030") for wrong in ("latin-1", "cp1252")):
        return "latin-1"
    if now < 0.8 and _reads_better(text, "gb18030", "utf-8"):
        return "gb18030"
    return None


def _reads_better(text: str, wrong: str, right: str) -> bool:
    try:
        raw = text.encode(wrong)
    except UnicodeError:
        return False
    again = raw.decode(right, errors="ignore")
    if len(again.encode(right)) < 0.75 * len(raw) or again.isascii():
        return False
    quality = chinese_quality([again])
    return quality >= 0.5 and quality > chinese_quality([text])
