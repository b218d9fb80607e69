"""How forms are drawn: {{ form }} gives the error summary and the fields of registry/ui/."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Django's renderer with the register's own form and field templates (settings.FORM_RENDERER)."""

    form_template_name = "registry/ui/form.html"
    field_template_name = "registry/ui/field.html"
