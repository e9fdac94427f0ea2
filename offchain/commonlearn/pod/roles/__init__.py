"""The roles of private training, each a pure plan over what stands on the chain, and handlers that do it."""

from commonlearn.pod.roles.opening import open_desk, open_roles
from commonlearn.pod.roles.sheet import Sheet, read_sheet, with_sheet
from commonlearn.pod.roles.telling import decode

__all__ = ["Sheet", "decode", "open_desk", "open_roles", "read_sheet", "with_sheet"]
