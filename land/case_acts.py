"""What may be done with a case, by whom, at which stage: the buttons of its page. 中文：案件办理事项"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from land import forms_cases as forms
from land.case_codes import CLEAN, Stage
from land.models import Case, CasePause
from land.queries.cases import verification_of
from land.services import case_closing, case_evidence, case_rectifying, case_steps
from land.services.case_splitting import outline_of
from land.services.case_steps import Facts, Part
from registry import access
from registry.forms_sources import streams
from registry.models import Source, SourceKind
from registry.services.sources import register_source

Run = Callable[[Case, Any, Any], Any]


def _elsewhere(case: Case, _form: Any, _user: Any) -> None:
    raise AssertionError(f"case {case.pk}: this act is done on a page of its own")


@dataclass(frozen=True, kw_only=True)
class CaseAct:
    """One act. ``main``: what usually comes next; ``fits`` says more than the stage does.

    ``page`` is the name of the address of an act that has a page of its own instead of a form here.
    """

    key: str
    label: Any
    icon: str
    verb: str
    stages: tuple[str, ...]
    form: Any = None
    run: Run = _elsewhere
    page: str = ""
    lead: Any = ""
    main: bool = True
    fits: Callable[[Case, Any], bool] = lambda _case, _user: True

    def open_to(self, case: Case, user: Any) -> bool:
        return (
            case.stage in self.stages
            and access.may(user, self.verb, case.unit.division)
            and self.fits(case, user)
        )


def _plain(service: Any) -> Run:
    return lambda case, form, user: service(case=case, by=user, **form.cleaned_data)


def _office(case: Case, form: Any, user: Any) -> None:
    said = form.cleaned_data
    facts = Facts(party=said["party_name"], began_on=said["began_on"], found_on=said["found_on"],
                  note=said["there"])  # fmt: skip
    case_steps.review_in_office(case=case, facts=facts, on=said["on"], by=user, note=said["note"])


def _field(case: Case, form: Any, user: Any) -> None:
    said = form.cleaned_data
    case_evidence.verify_in_field(
        case=case,
        on=said["on"],
        by=user,
        report=said["report"],
        files=streams(said["files"]),
        note=said["note"],
    )


def _pictures(case: Case, form: Any, user: Any) -> None:
    case_evidence.add_evidence(case=case, files=streams(form.cleaned_data["files"]), by=user)


def _judge(case: Case, form: Any, user: Any) -> None:
    parts = [Part(outcome=outcome, area_m2=area) for outcome, area in form.parts()]
    case_steps.judge(
        case=case, parts=parts, on=form.cleaned_data["on"], by=user, note=form.cleaned_data["note"]
    )


def _paper(case: Case, number: str, user: Any) -> Source | None:
    if not number.strip():
        return None
    return register_source(kind=SourceKind.DECISION, division=case.unit.division, by=user, number=number)


def _confirm(case: Case, form: Any, user: Any) -> None:
    said = form.cleaned_data
    paper = _paper(case, said["paper"], user)
    case_steps.confirm(case=case, on=said["on"], by=user, note=said["note"], source=paper)


def _rectify(case: Case, form: Any, user: Any) -> None:
    said = form.cleaned_data
    case_rectifying.rectify(case=case, areas=form.areas(), on=said["on"], by=user, note=said["note"])


def _pause(case: Case, form: Any, user: Any) -> None:
    said = form.cleaned_data
    paper = _paper(case, said["paper"], user)
    case_closing.pause(case=case, kind=said["kind"], on=said["on"], by=user, source=paper)


def _other_person(case: Case, user: Any) -> bool:
    verification = verification_of(case)
    return verification is not None and verification.by_id != user.pk


def stands(case: Case) -> bool:
    """Whether the clock of a case stands."""
    return CasePause.objects.filter(case=case, valid__upper_inf=True).exists()


BACK = (Stage.FIELD_VERIFIED, *CLEAN, Stage.SUSPECTED, Stage.REOPENED)
OPEN_STAGES = tuple(stage for stage in Stage if stage != Stage.CLOSED)
ACTS = (
    CaseAct(
        key="accept",
        label=_("Take it on"),  # 受理
        icon="inbox",
        verb="work_case",
        stages=(Stage.CLUE_ISSUED,),
        form=forms.ActForm,
        run=_plain(case_steps.accept),
    ),
    CaseAct(
        key="office",
        label=_("Check in the office"),  # 内业核查
        icon="layers",
        verb="work_case",
        stages=(Stage.ACCEPTED,),
        form=forms.OfficeForm,
        run=_office,
        lead=_("The shape is checked against the layers; the areas are frozen with the case."),
    ),
    CaseAct(
        key="field",
        label=_("Record the field verification"),  # 实地核查
        icon="pin",
        verb="work_case",
        stages=(Stage.OFFICE_REVIEW,),
        form=forms.FieldForm,
        run=_field,
        lead=_("You are the verifier; another person closes the case."),
    ),
    CaseAct(
        key="judge",
        label=_("Say the outcome"),  # 核查结论
        icon="check",
        verb="work_case",
        stages=(Stage.FIELD_VERIFIED,),
        form=forms.JudgeForm,
        run=_judge,
        lead=_("For the whole clue, or part by part: the parts make its area exactly."),
    ),
    CaseAct(
        key="split",
        label=_("Split it on the map"),  # 图斑拆分
        icon="draw",
        verb="work_case",
        stages=(Stage.FIELD_VERIFIED,),
        page="case_split",
        main=False,
        fits=lambda case, _user: outline_of(case) is not None,
    ),
    CaseAct(
        key="confirm",
        label=_("Confirm it"),  # 认定
        icon="seal",
        verb="confirm_case",
        stages=(Stage.SUSPECTED,),
        form=forms.ConfirmForm,
        run=_confirm,
        lead=_("On the field evidence; from then on it is dealt with as established."),
    ),
    CaseAct(
        key="rectify",
        label=_("Record how it is dealt with"),  # 整改处置
        icon="tool",
        verb="work_case",
        stages=(*CLEAN, Stage.CONFIRMED, Stage.REOPENED),
        form=forms.RectifyForm,
        run=_rectify,
        lead=_("Every method once; together the areas make the clue exactly."),
    ),
    CaseAct(
        key="review",
        label=_("Record the review"),  # 复核
        icon="eye",
        verb="work_case",
        stages=(Stage.RECTIFYING,),
        form=forms.ReviewForm,
        run=_plain(case_closing.review),
    ),
    CaseAct(
        key="close",
        label=_("Close the case"),  # 销号
        icon="done",
        verb="close_case",
        stages=(Stage.REVIEWED,),
        form=forms.ActForm,
        run=_plain(case_closing.close),
        fits=_other_person,
    ),
    CaseAct(
        key="evidence",
        label=_("Add pictures"),  # 补充举证
        icon="plus",
        verb="work_case",
        stages=(Stage.FIELD_VERIFIED, Stage.SUSPECTED),
        form=forms.PicturesForm,
        run=_pictures,
        main=False,
    ),
    CaseAct(
        key="change",
        label=_("Change how it is dealt with"),  # 变更整改处置
        icon="edit",
        verb="work_case",
        stages=(Stage.RECTIFYING,),
        form=forms.RectifyForm,
        run=_rectify,
        main=False,
    ),
    CaseAct(
        key="back",
        label=_("Check in the office again"),  # 退回内业核查
        icon="undo",
        verb="work_case",
        stages=BACK,
        form=forms.OfficeForm,
        run=_office,
        lead=_("The field verification and what rests on it no longer count; they stay in the book."),
        main=False,
    ),
    CaseAct(
        key="reopen",
        label=_("Take it up again"),  # 重新办理
        icon="undo",
        verb="close_case",
        stages=(Stage.REVIEWED, Stage.CLOSED),
        form=forms.ReasonForm,
        run=_plain(case_closing.reopen),
        main=False,
    ),
    CaseAct(
        key="pause",
        label=_("Stop the clock"),  # 中止计时
        icon="clock",
        verb="work_case",
        stages=OPEN_STAGES,
        form=forms.PauseForm,
        run=_pause,
        lead=_("Appraisal, hearing and public notice do not count for the deadline."),
        main=False,
        fits=lambda case, _user: not stands(case),
    ),
    CaseAct(
        key="resume",
        label=_("Let the clock go on"),  # 恢复计时
        icon="clock",
        verb="work_case",
        stages=OPEN_STAGES,
        form=forms.ResumeForm,
        run=_plain(case_closing.resume),
        main=False,
        fits=lambda case, _user: stands(case),
    ),
    CaseAct(
        key="withdraw",
        label=_("Take the case back"),  # 撤销立案
        icon="undo",
        verb="close_case",
        stages=case_closing.EARLY,
        form=forms.ReasonForm,
        run=_plain(case_closing.withdraw),
        lead=_("Opened by mistake, before anybody went there; it stays in the book."),
        main=False,
        fits=lambda case, _user: case.clue_number is None,
    ),
)
BY_KEY = {act.key: act for act in ACTS if not act.page}


def open_acts(case: Case, user: Any) -> list[CaseAct]:
    """What this reader may do with the case now, the usual next step first."""
    return [act for act in ACTS if act.open_to(case, user)]
