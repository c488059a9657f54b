"""The one way a file grows: by whole pieces, each there or not."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from newsarchive.archive.files import sync_directory


class AppendFile:
    """A file that is only ever appended to. For one thread.

    A piece that cannot be written whole is taken back, so that the file ends with the last whole piece; where even
    that fails, the next `append` takes it back first.
    """

    def __init__(self, path: Path, *, new: bool) -> None:
        """Open it.

        Args:
            path: in a directory that exists.
            new: it must not exist yet; otherwise it must, and its content must be whole.

        Raises:
            OSError: it is (or isn't) there, or not ours to write.
        """
        flags = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | (os.O_CREAT | os.O_EXCL if new else 0)
        self.path = path
        self._handle = os.open(path, flags, 0o644)
        self.size = os.fstat(self._handle).st_size
        self._synced = -1  # an earlier process may have left bytes that are not on the disk yet
        self._unknown = False  # a sync failed
        self._unnamed = new  # its name is not durable before the directory is synced
        self._torn = False

    def append(self, piece: bytes) -> int:
        """Put a piece at the end; gives the offset it begins at.

        Raises:
            OSError: the disk is full, or failing. Nothing of the piece stays.
        """
        if self._torn:
            self._take_back()
        left = memoryview(piece)
        try:
            while left:
                left = left[os.write(self._handle, left) :]
        except BaseException:
            self._torn = True
            with contextlib.suppress(OSError):
                self._take_back()
            raise
        self.size += len(piece)
        return self.size - len(piece)

    def sync(self) -> None:
        """Return when everything appended, and the file's name, is on the disk.

        Raises:
            OSError: it is not. Since Linux forgets what it could not write, this file fails from then on.
        """
        if self._synced == self.size:
            return
        if self._unknown:
            raise OSError(errno.EIO, "an earlier fsync failed; what the file holds is not known", str(self.path))
        try:
            os.fsync(self._handle)
        except OSError:
            self._unknown = True
            raise
        if self._unnamed:
            sync_directory(self.path.parent)
            self._unnamed = False
        self._synced = self.size

    def close(self) -> None:
        """Sync and close; closed even where the sync fails.

        Raises:
            OSError: as for `sync`.
        """
        try:
            self.sync()
        finally:
            os.close(self._handle)

    def _take_back(self) -> None:
        os.ftruncate(self._handle, self.size)
        self._torn = False
