from tactful.web.pages.demo import OpenMail, PostboxPage, PostRow
from tactful.web.samples import at
from tactful.web.types import Pager

PAGE = PostboxPage(
    q="",
    rows=(
        PostRow(1, "Mette Lyngbø", "Fjordkontoret", "To kvitteringer mangler", at(9, 9), "#", current=True),
        PostRow(2, "Liv Sandal", "Fjordkontoret", "Dette trenger vi fra deg", at(1, 8), "#", unread=True),
    ),
    pager=Pager(1, 2, 2),
    mail=OpenMail(
        to="Mette Lyngbø",
        to_address="mette@lyngbo.example",
        sender="Fjordkontoret Regnskap",
        subject="To kvitteringer mangler",
        at=at(9, 9),
        text="Hei Mette,\n\nto kvitteringer mangler fra februar.",
        reply_url="#",
        headers=(("Auto-Submitted", "auto-generated"),),
    ),
)
