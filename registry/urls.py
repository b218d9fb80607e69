"""Addresses of the kernel: signing in, workbench, things, findings, placing, imports."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from registry.views import divisions, findings, home, imports, lists, register, sign_in, units, users
from registry.views.styleguide import StyleguideView

urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("login/", sign_in.SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("password/", users.OwnPasswordView.as_view(), name="password"),
    path("users/", users.UserListView.as_view(), name="users"),
    path("users/new/", users.UserNewView.as_view(), name="user_new"),
    path("users/<int:pk>/", users.UserView.as_view(), name="user"),
    path("users/<int:pk>/edit/", users.UserEditView.as_view(), name="user_edit"),
    path("users/<int:pk>/grant/", users.UserGrantView.as_view(), name="user_grant"),
    path("users/<int:pk>/password/", users.UserPasswordView.as_view(), name="user_password"),
    path("users/<int:pk>/close/", users.UserCloseView.as_view(), name="user_close"),
    path("grants/<int:pk>/end/", users.GrantEndView.as_view(), name="grant_end"),
    path("divisions/", divisions.DivisionsView.as_view(), name="divisions"),
    path("divisions/switch/", divisions.DivisionSwitchView.as_view(), name="division_switch"),
    path("u/<path:code>", units.UnitView.as_view(), name="unit"),
    path("units/<int:pk>/phone/<int:party>/", units.PhoneView.as_view(), name="phone"),
    path("findings/", findings.FindingListView.as_view(), name="findings"),
    path("findings/<int:pk>/", findings.FindingView.as_view(), name="finding"),
    path("imports/", imports.ImportListView.as_view(), name="imports"),
    path("imports/new/<str:kind>/", imports.ImportNewView.as_view(), name="import_new"),
    path("imports/<int:pk>/", imports.ImportView.as_view(), name="import"),
    path("imports/<int:pk>/progress/", imports.ImportProgressView.as_view(), name="import_progress"),
    path("imports/<int:pk>/mapping/", imports.ImportMappingView.as_view(), name="import_mapping"),
    path("imports/<int:pk>/again/", imports.ImportAgainView.as_view(), name="import_again"),
    path("imports/<int:pk>/apply/", imports.ImportApplyView.as_view(), name="import_apply"),
    path("imports/<int:pk>/reverse/", imports.ImportReverseView.as_view(), name="import_reverse"),
    path("imports/<int:pk>/rejects/", imports.ImportRejectsView.as_view(), name="import_rejects"),
    path("register/", register.RegisterView.as_view(), name="register"),
    path("units/", lists.UnitListView.as_view(), name="units"),
    path("acts/", lists.ActListView.as_view(), name="acts"),
    path("lists/<str:page>/filters/", register.SavedFilterView.as_view(), name="saved_filter"),
    path("filters/<int:pk>/forget/", register.ForgetFilterView.as_view(), name="saved_filter_forget"),
    path("forms/", register.RegisterView.as_view(), name="form_templates"),
    path("styleguide/", StyleguideView.as_view(), name="styleguide"),
]
