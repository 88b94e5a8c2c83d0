package io.waybill.channel.email;

import java.util.Optional;

class SesContractTest extends HttpServiceContract {
  @Override
  Attempts base() {
    return Attempts.anAttempt().ses("eu-west-1", Optional.empty(), SECRET);
  }

  @Override
  String taken(RawHttp.Seen request) {
    return request.requestLine().startsWith("GET ")
        ? RawHttp.answer(200, "{\"SendingEnabled\": true}")
        : RawHttp.answer(200, "{\"MessageId\": \"0100018f-1\"}");
  }

  @Override
  String refusedForGood() {
    return RawHttp.answer(400, "{}", "x-amzn-ErrorType: MessageRejected");
  }
}
