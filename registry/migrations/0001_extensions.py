"""Extensions that the tables need; where the role may not create them, an administrator has done so."""

from django.contrib.postgres.operations import BtreeGistExtension, CreateExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    operations = [CreateExtension("postgis"), BtreeGistExtension(), TrigramExtension()]
