"""Who may do what with questions and pools in /cms/: the group's permission opens the door, the courses say to which rows.

Nobody deletes: answers hang on questions. They are retired.
"""

from wagtail.permission_policies import ModelPermissionPolicy

from . import questions


class OwnRowsPolicy(ModelPermissionPolicy):
    def __init__(self, model, rows):
        super().__init__(model)
        self.rows = rows  # user -> queryset

    def user_has_permission(self, user, action):
        if action not in ("add", "change", "view") or not user.is_active:
            return False
        return super().user_has_permission(user, action) and (
            questions.writes_everywhere(user) or questions.courses_of(user).exists()
        )

    def user_has_permission_for_instance(self, user, action, instance):
        if not self.user_has_permission(user, action):
            return False
        return instance.pk is None or self.rows(user).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user, actions):
        allowed = any(self.user_has_permission(user, action) for action in actions)
        return self.rows(user) if allowed else self.model._default_manager.none()
