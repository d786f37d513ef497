// While the payment is not answered the page asks again every three seconds; it reloads only when the server can be reached.
const ask = () => setTimeout(() => fetch(location.href, { method: 'HEAD', credentials: 'same-origin' }).then(() => location.reload(), ask), 3000);
ask();
