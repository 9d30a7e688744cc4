"""Draft → 公文 elements → docx, Markdown or plain text."""

from assistant.document.export import export, export_name
from assistant.document.manuscript import Manuscript, manuscript_from_text

__all__ = ["Manuscript", "export", "export_name", "manuscript_from_text"]
