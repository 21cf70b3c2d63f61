"""What the user wants: read once from the environment and `elt.yaml`, then fixed.

Nothing else in the package reads a setting, but for ELT_RESULT_PATH, the ELT_PG_BIN of
throw-away servers, and what a dbt project asks of the environment.
"""

from elt.config.advice import advise_options
from elt.config.destination import load_destination
from elt.config.document import load_config
from elt.config.environment import database_settings, retry_settings
from elt.config.model import (
    Config,
    DatabaseSettings,
    DeletePolicy,
    DestinationConfig,
    PublishPolicy,
    RetrySettings,
    SchemaChangePolicy,
    SourceConfig,
    StreamConfig,
    SyncMode,
    Verification,
    matches,
)
from elt.config.problems import Problems, did_you_mean, find_nearest
from elt.config.shape import Mask, MaskKind, Shape
from elt.config.unknown_variables import warn_of_unknown

__all__ = [
    "Config",
    "DatabaseSettings",
    "DeletePolicy",
    "DestinationConfig",
    "Mask",
    "MaskKind",
    "Problems",
    "PublishPolicy",
    "RetrySettings",
    "SchemaChangePolicy",
    "Shape",
    "SourceConfig",
    "StreamConfig",
    "SyncMode",
    "Verification",
    "advise_options",
    "database_settings",
    "did_you_mean",
    "find_nearest",
    "load_config",
    "load_destination",
    "matches",
    "retry_settings",
    "warn_of_unknown",
]
