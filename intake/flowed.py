"""format=flowed: paragraphs that were wrapped for sending are put together again (RFC 3676)."""


def unwrapped(text: str, *, deletes_space: bool) -> str:
    """Return `text` with its soft line breaks undone; `deletes_space` is the DelSp parameter (section 4.2)."""
    # A paragraph is collected in pieces: growing one string line by line would be quadratic.
    paragraphs: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        if content.startswith(" "):
            content = content[1:]  # Space-stuffing, section 4.4.
        is_soft = content.endswith(" ") and content != "-- "
        if depth != open_depth or content in ("-- ", "--"):
            paragraphs.append([f"{'>' * depth} "] if depth else [])
        paragraphs[-1].append(content[:-1] if is_soft and deletes_space else content)
        open_depth = depth if is_soft else -1
    return "\n".join("".join(pieces) for pieces in paragraphs)
