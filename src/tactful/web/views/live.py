"""The open line of a page."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from tactful.foundation.models import User
from tactful.web.live import stream


async def live(request: HttpRequest) -> HttpResponseBase:
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    if not isinstance(await request.auser(), User):
        return HttpResponse(status=403)
    response = StreamingHttpResponse(stream(), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
