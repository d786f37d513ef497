"""A mail server on this machine for the tests: aiosmtpd speaks SMTP, Python's own email package reads what came.

    python3 mail_server.py [--port N] [--login USER:PASSWORD] [--certificate PEM --key PEM]

Says "ready PORT", then one line of JSON for each message it took. By the address it is asked for:
nobody@ is refused (550), relay@ and bare@ too, for what the server may not do; later@ is put off twice (451), spam@ is refused after the message (554). Ends when its input does.
"""
import argparse
import asyncio
import email
import email.header
import email.policy
import email.utils
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self):
        self.put_off = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('nobody@'):
            return '550 5.1.1 no such person here'
        if address.startswith('relay@'):
            return '550 5.7.1 relaying denied'
        if address.startswith('bare@'):
            return '550 relay access denied'
        if address.startswith('later@') and self.put_off.setdefault(address, 0) < 2:
            self.put_off[address] += 1
            return '451 4.7.1 greylisted, come again'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith('spam@'):
            return '554 5.7.1 we do not like it'
        raw = envelope.content
        message = email.message_from_bytes(raw, policy=email.policy.default)
        part = lambda kind: (message.get_body((kind,)) or None) and message.get_body((kind,)).get_content().replace('\r\n', '\n').rstrip('\n')
        defects = [str(one) for each in message.walk() for one in each.defects]
        defects += [str(one) for _, value in message.items() for one in value.defects]
        # The newer reader puts spaces between the encoded words of a name; the older one reads them right.
        name, address = email.utils.parseaddr(email.message_from_bytes(raw)['from'].replace('\r\n', ''))
        name = str(email.header.make_header(email.header.decode_header(name)))
        print(json.dumps({
            'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'login': bool(session.authenticated), 'tls': session.ssl is not None,
            'headers': [[name, str(value)] for name, value in message.items()], 'from_name': name,
            'from_address': address, 'subject': str(message['subject']), 'text': part('plain'), 'html': part('html'),
            'defects': defects, 'ascii': raw.isascii(), 'line_max': max(len(line) for line in raw.split(b'\r\n')),
        }), flush=True)
        return '250 taken'


async def main():
    words = argparse.ArgumentParser()
    words.add_argument('--port', type=int, default=0)
    words.add_argument('--login', default='')
    words.add_argument('--certificate')
    words.add_argument('--key')
    asked = words.parse_args()
    options = {'enable_SMTPUTF8': False}
    if asked.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(asked.certificate, asked.key)
        options.update(tls_context=context, require_starttls=True)
    if asked.login:
        def authenticate(server, session, envelope, mechanism, given):
            good = asked.login.encode() == given.login + b':' + given.password
            return AuthResult(success=good)
        options.update(authenticator=authenticate, auth_required=True, auth_require_tls=bool(asked.certificate))
    handler = Handler()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler, **options), '127.0.0.1', asked.port)
    print('ready', server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


warnings.simplefilter('ignore')  # that AUTH without TLS is unwise: here it never leaves the machine
logging.disable()
asyncio.run(main())
