import os

from django.core.wsgi import get_wsgi_application

from .whole import WholeRequests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = WholeRequests(get_wsgi_application())

from .environment import PRODUCTION, close_connections, refuse_demo_people, refuse_without_keys  # noqa: E402  (the database is there only now)

if PRODUCTION:
    refuse_without_keys()
    refuse_demo_people()
    close_connections()  # the web server forks: two processes at one connection would read each other's answers
