"""What MkDocs asks for: pages and a picture that are made from the code, and README's limits."""

import architecture
import commands
import keywords
import readme
import schema
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

MADE = {
    "reference/commands.md": commands.page,
    "reference/schema.md": schema.page,
    "reference/robot.md": keywords.page,
    "reference/robot-keywords.html": keywords.libdoc,
    "architecture/imports.svg": architecture.picture,
    "limits.md": readme.limits,
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made."""
    for path, make in MADE.items():
        files.append(File.generated(config, path, content=make()))
    return files
