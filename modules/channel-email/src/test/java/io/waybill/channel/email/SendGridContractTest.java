package io.waybill.channel.email;

class SendGridContractTest extends HttpServiceContract {
  @Override
  Attempts base() {
    return Attempts.anAttempt().sendGrid(SECRET);
  }

  @Override
  String taken(RawHttp.Seen request) {
    return request.requestLine().startsWith("GET ")
        ? RawHttp.answer(200, "{\"scopes\": [\"mail.send\"]}")
        : RawHttp.answer(202, "", "X-Message-Id: 14c5d75ce93");
  }

  @Override
  String refusedForGood() {
    return RawHttp.answer(400, "{\"errors\": [{\"message\": \"no\"}]}");
  }
}
