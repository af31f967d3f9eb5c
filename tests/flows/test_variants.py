"""No reader gets a story twice: in two languages, from two digests, or by another cadence."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from newsletter.editions.slot import slot_at
from newsletter.flows.choosing import Run
from newsletter.flows.compose import compose
from newsletter.flows.freeze import Composed
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionState
from newsletter.model.specs import ORIGINAL
from newsletter.model.subscriber import Cadence, SubscriptionStatus
from newsletter.store import editions, subscribers, variants
from newsletter.store.database import Database
from newsletter.store.subscribers import Listed
from newsletter.store.tables import deliveries, further_languages, subscriptions
from newsletter.store.tables import subscribers as people
from tests.flows.printing import SEVEN, composed, digest, press, run
from tests.flows.sources import NOW, ListedSource, collected, draft, read

DAY = timedelta(days=1)
