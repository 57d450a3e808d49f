"""The scripts of others that the pages use, taken from the packages that ship them.

Scripts of the kind `module` do not load from disk, so what is one is made a classic script.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import distribution
from importlib.resources import files

import vl_convert

from benchsuite.errors import UserError

_VEGA = "window.vegaEmbed = vegaEmbed;"
_EXPORTS = re.compile(r"export\s*\{([^{}]*)\};")


@cache
def vega() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as a classic script that gives `vegaEmbed`.

    It is the bundle of vl-convert. Its interpreter of expressions needs no `eval`.
    """
    return _enclosed(vl_convert.javascript_bundle(_VEGA))


def datatables() -> str:
    """Return DataTables and jQuery as a classic script that gives `DataTable`.

    It is the bundle of itables, with the licences at its end. Raises `UserError` without it.
    """
    try:
        source = (files("itables") / "html" / "dt_bundle.js").read_text("utf-8")
    except (ModuleNotFoundError, FileNotFoundError) as failure:
        raise UserError(
            "the pages need the package itables, which is not installed; "
            'install it with: pip install "benchsuite[site]"'
        ) from failure
    exports = _EXPORTS.search(source)
    given = dict(re.findall(r"(\w+) as (\w+)", exports[1])) if exports else {}
    name = next((inner for inner, outer in given.items() if outer == "default"), None)
    if exports is None or name is None:
        raise UserError(
            "the installed version of itables bundles its scripts in another way; "
            'install one that is known: pip install "benchsuite[site]"'
        )
    return _enclosed(
        f"{source[: exports.start()]}window.DataTable = {name};{source[exports.end() :]}"
    )


def licences() -> str:
    """Return what the authors of the libraries ask to be kept with them."""
    told = {
        "vega.js: Vega, Vega-Lite and Vega-Embed, copyright University of Washington Interactive "
        "Data Lab, BSD 3-Clause; bundled by vl-convert": "vl-convert-python",
        "datatables.js: DataTables and jQuery, MIT, as told at the end of the file; bundled by "
        "itables": "itables",
    }
    texts = {
        says: distribution(package).read_text("licenses/LICENSE") for says, package in told.items()
    }
    return "\n".join(f"{says}:\n\n{text or ''}" for says, text in texts.items())


def _enclosed(source: str) -> str:
    """Keep the names of a script to itself."""
    return f"(() => {{\n{source}\n}})();\n"
