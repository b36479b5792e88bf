"""A quiz as one writes it by hand in an afternoon: five plain tables, graded on the server. In the scratch database alone."""

from django.conf import settings
from django.db import models


class Quiz(models.Model):
    title = models.CharField(max_length=100)
    pass_mark = models.PositiveSmallIntegerField(default=70)
    count = models.PositiveSmallIntegerField(default=10)


class Question(models.Model):
    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="questions")
    text = models.TextField()


class Option(models.Model):
    question = models.ForeignKey(Question, models.CASCADE, related_name="options")
    text = models.CharField(max_length=300)
    right = models.BooleanField(default=False)


class Attempt(models.Model):
    quiz = models.ForeignKey(Quiz, models.CASCADE)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)


class Answer(models.Model):
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.CASCADE)
    number = models.PositiveSmallIntegerField()
    option = models.ForeignKey(Option, models.CASCADE, null=True)

    class Meta:
        ordering = ["number"]
