"""A desk with people, as the tests of casework have it."""

from tests.casework.conftest import desk  # noqa: F401 # a fixture
