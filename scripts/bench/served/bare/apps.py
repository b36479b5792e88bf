from django.apps import AppConfig


class BareConfig(AppConfig):
    name = "scripts.bench.served.bare"
    label = "bare"
