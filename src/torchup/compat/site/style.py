"""The look of the pages, and the search, which works without a server."""

from __future__ import annotations

from typing import Final

STYLE: Final = """\
:root{color-scheme:light dark;--ground:#fff;--text:#1f2933;--quiet:#5b6774;--line:#dfe3e8;
--band:#f5f6f8;--link:#1d5fbf;--chip:#e8eef7;--unsure:#8a5a00}
@media(prefers-color-scheme:dark){:root{--ground:#14171c;--text:#e4e8ee;--quiet:#9aa5b1;
--line:#2e343d;--band:#1b1f26;--link:#7fb2ff;--chip:#243044;--unsure:#e0b060}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);line-height:1.5;
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC",
"PingFang SC","Microsoft YaHei",sans-serif}
header,main,footer{max-width:66rem;margin:0 auto;padding:.75rem 1rem}
header{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;border-bottom:1px solid var(--line)}
header a:first-child{font-weight:600;margin-right:auto}
footer{color:var(--quiet);font-size:.85rem;border-top:1px solid var(--line);margin-top:2rem}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
h1{font-size:1.6rem;line-height:1.25;margin:.75rem 0}
h2{font-size:1.15rem;margin:1.75rem 0 .5rem}h3{font-size:1rem;margin:1.25rem 0 .25rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;
border-bottom:1px solid var(--line)}
th{color:var(--quiet);font-weight:600;white-space:nowrap}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.5rem 0}
dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
pre{background:var(--band);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;
overflow-x:auto;margin:.5rem 0}
code,pre{font-family:ui-monospace,SFMono-Regular,Consolas,"DejaVu Sans Mono",monospace;
font-size:.9rem}
.b{display:inline-block;background:var(--chip);border-radius:4px;padding:0 .35rem;
margin:0 .25rem .15rem 0;font-size:.85rem;white-space:nowrap}
.b.u{border:1px dashed var(--unsure)}
.q{color:var(--quiet)}.n{white-space:nowrap}
.answer{background:var(--band);border-left:4px solid var(--link);padding:.5rem .9rem;
margin:.75rem 0}.answer p{margin:.2rem 0}
.answer .big~.big{margin-top:.8rem}.big{font-size:1.15rem;font-weight:600}
input{font:inherit;width:100%;padding:.6rem .8rem;border:1px solid var(--line);
border-radius:6px;background:var(--ground);color:var(--text)}
ul.list{list-style:none;padding:0;margin:.5rem 0;display:grid;gap:.2rem 1rem;
grid-template-columns:repeat(auto-fill,minmax(15rem,1fr))}
ul.list span{color:var(--quiet);font-size:.85rem;margin-left:.4rem}
ol.sources{padding-left:1.6rem;font-size:.85rem;color:var(--quiet);overflow-wrap:anywhere}
img{max-width:100%;height:auto}
@media(max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.4rem}}
"""

SEARCH: Final = """\
(function () {
  var cards = JSON.parse(document.getElementById("cards").textContent);
  var box = document.getElementById("search"), list = document.getElementById("found");
  var none = document.getElementById("none");
  function plain(text) { return text.toLowerCase().replace(/[^a-z0-9.:]+/g, " ").trim(); }
  cards.forEach(function (card) {
    card.words = plain(card[0] + " " + card[1]);
    card.tight = card.words.replace(/ /g, "");
    card.name = plain(card[0]);
  });
  function rank(card, query) {
    if (card.name === query) { return 0; }
    return card.name.endsWith(query) ? 1 : 2;
  }
  function show() {
    var query = plain(box.value), words = query.split(" ");
    list.textContent = "";
    var hits = query === "" ? [] : cards.filter(function (card) {
      return words.every(function (word) {
        return card.words.indexOf(word) >= 0 || card.tight.indexOf(word) >= 0 ||
          card[3].indexOf(word) >= 0;
      });
    });
    hits.sort(function (one, other) {
      return rank(one, query) - rank(other, query) || one.name.length - other.name.length;
    });
    none.hidden = query === "" || hits.length > 0;
    hits.slice(0, 60).forEach(function (card) {
      var item = document.createElement("li"), link = document.createElement("a");
      var more = document.createElement("span");
      link.href = card[2];
      link.textContent = card[0];
      more.textContent = card[1];
      item.appendChild(link);
      item.appendChild(more);
      list.appendChild(item);
    });
  }
  box.addEventListener("input", show);
  show();
})();
"""
