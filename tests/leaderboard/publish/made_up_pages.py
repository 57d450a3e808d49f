"""A made-up site, and what a place holds of it."""

PAGES = {
    "index.html": "<h1>Boards</h1>\n",
    "assets/style.css": "body { color: #222 }\n",
    "nano/v1/index.html": "<h1>nano</h1>\r\n",
    "nano/v1/\u00fcber uns.html": "\u00e4\n",
}


def write_site(folder, pages=PAGES):
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def held(folder):
    """Contents of all files below a folder, but for the mark and what Git keeps."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".benchsuite-site" and ".git" not in path.parts
    }
