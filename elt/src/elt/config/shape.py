"""What of a table leaves its source: which columns, which rows, and in what guise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MaskKind(StrEnum):
    """What stands at the destination in place of a value."""

    NULL = "null"  #: nothing
    CONSTANT = "constant"  #: the same value in every row
    HASH = "hash"  #: a text, the same for equal values, made with a secret key
    TRUNCATE = "truncate"  #: the beginning of a text, the month of a date, and so on
    KEEP = "keep"  #: the value, although it is generated from values that are masked


@dataclass(frozen=True, kw_only=True, slots=True)
class Mask:
    """How a column is masked."""

    kind: MaskKind
    #: The constant; or how many characters, which unit of time, which step of numbers.
    value: str | int | None = None

    @property
    def is_lossy(self) -> bool:
        """Tell whether values that differ may come out alike."""
        return self.kind not in {MaskKind.HASH, MaskKind.KEEP}

    @property
    def as_known(self) -> str:
        """Return the mask as the state keeps it, to notice another one."""
        return str(self.kind) if self.value is None else f"{self.kind} {self.value}"

    def __str__(self) -> str:
        """Describe the mask for a person; what a constant is does not matter."""
        words = {
            MaskKind.NULL: "always null",
            MaskKind.CONSTANT: "a constant",
            MaskKind.HASH: "hashed",
            MaskKind.TRUNCATE: f"truncated to {self.value}",
            MaskKind.KEEP: "as it is",
        }
        return words[self.kind]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """The columns and rows of a table that its replica has; false for all as they are.

    Names are those of the catalog, without quotes.
    """

    #: Columns that the replica does not have.
    excluded: tuple[str, ...] = ()
    #: Masks by column.
    masks: tuple[tuple[str, Mask], ...] = ()
    #: SQL condition on the rows that the replica has.
    where: str | None = None

    def __bool__(self) -> bool:
        return bool(self.excluded or self.masks or self.where)

    def __str__(self) -> str:
        """Describe for a person what does not leave the source."""
        texts = []
        if self.excluded:
            texts.append(f"left out: {', '.join(self.excluded)}")
        texts += [f"{column} {mask}" for column, mask in self.masks]
        if self.where is not None:
            texts.append(f"only rows where {' '.join(self.where.split())}")
        return "; ".join(texts)

    @property
    def changed(self) -> dict[str, Mask]:
        """Return the masks of columns that leave the source as something else."""
        return {n: mask for n, mask in self.masks if mask.kind is not MaskKind.KEEP}

    @property
    def hidden(self) -> frozenset[str]:
        """Return the columns whose values do not leave the source."""
        return frozenset((*self.excluded, *self.changed))

    @property
    def unread(self) -> frozenset[str]:
        """Return the columns that need not be read at the source."""
        without = {MaskKind.NULL, MaskKind.CONSTANT}
        return frozenset(
            (*self.excluded, *(n for n, mask in self.masks if mask.kind in without))
        )

    @property
    def has_hash(self) -> bool:
        """Tell whether the secret key is needed."""
        return any(mask.kind is MaskKind.HASH for _, mask in self.masks)
