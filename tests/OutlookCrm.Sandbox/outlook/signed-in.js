// Where a sign-in ends: hands the answer to the small Outlook, which opened this window or frame.
(window.opener ?? window.parent).postMessage({ signInAnswer: location.search.slice(1) }, location.origin);
