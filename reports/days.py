"""Days counted by the database: SQLite and PostgreSQL give the same, and the same as Python (tests/reports/test_standings.py)."""

from django.db.models import DateField, Func


class AddDays(Func):
    """A day and a number of days: the later day."""

    arity, output_field = 2, DateField()

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner="::date + ", **context)

    def as_sqlite(self, compiler, connection, **context):
        template = "date(%(expressions)s || ' days')"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", '+' || ", **context)


class AddMonths(Func):
    """A day and a number of calendar months; a day that the month lacks becomes its last, as in certification.validity.expiry.

    SQLite would go on into the next month: the last day of the month is asked for too, and the earlier of both taken.
    """

    arity, output_field = 2, DateField()

    def as_postgresql(self, compiler, connection, **context):
        template = "(%(expressions)s * interval '1 month')::date"
        return self.as_sql(compiler, connection, template=template, arg_joiner="::date + ", **context)

    def as_sqlite(self, compiler, connection, **context):
        (day, day_params), (months, months_params) = (compiler.compile(one) for one in self.source_expressions)
        onward = f"'+' || {months} || ' months'"
        sql = f"min(date({day}, {onward}), date({day}, 'start of month', {onward}, '+1 month', '-1 day'))"
        return sql, (*day_params, *months_params) * 2
