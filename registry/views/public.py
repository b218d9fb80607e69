"""``/public/``: what hangs for all to read, without a sign-in, for its days and no longer. 中文：公众公示"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from registry import clock
from registry.notice_sheets import lists_of
from registry.queries.public import hanging
from registry.rules.secrets import find_secrets
from registry.views.notices import public_text

PER_PAGE = 30


class PublicView(TemplateView):
    """The notices of today, those that end first before the others; a word narrows them."""

    template_name = "registry/public/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.request.GET.get("q", "").strip()[:60]
        rows = hanging(clock.today())
        if words:
            rows = rows.filter(title__icontains=words) | rows.filter(division__name__icontains=words)
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("page"))
        for notice in page:
            notice.shown_title = public_words(notice.title)
        return super().get_context_data(page=page, words=words, **kwargs)


class PublicNoticeView(TemplateView):
    """One notice as it hangs, with the objections and their answers; nobody's name."""

    template_name = "registry/public/notice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notice = get_object_or_404(hanging(clock.today()), pk=self.kwargs["pk"])
        said = [
            {"on": one.raised_on, "text": public_words(one.text), "answered": one.answered_on,
             "answer": public_words(one.answer)}
            for one in notice.objections.all()
        ]  # fmt: skip
        return super().get_context_data(
            notice=notice,
            shown_title=public_words(notice.title),
            text=public_text(notice),
            lists=lists_of(notice),
            said=said,
            **kwargs,
        )


def public_words(text: str) -> str:
    """A line for all to read; one that holds a private number is not shown."""
    return "……" if find_secrets(text) else text
