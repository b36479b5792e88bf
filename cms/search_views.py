"""/search/?q=: what is found in lessons, courses, seminars and the glossary."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import search as searching

ON_A_PAGE = 20


@require_safe
def search(request):
    query = " ".join(request.GET.get("q", "").replace("\0", "").split())[: searching.LONGEST_QUERY]
    page = Paginator(searching.find(query, request.user) if query else [], ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "cms/search.html", {"query": query, "page": page, "hits": searching.hits(page.object_list, query)}
    )
