package io.waybill.app;

import io.waybill.testkit.HttpSink;
import java.util.Optional;

/** What is called instead of SES and SendGrid by this JVM's tests; it ends with the JVM. */
final class SharedMailServices {
  static final String SES = "/v2/email/outbound-emails";
  static final String SEND_GRID = "/v3/mail/send";

  private static final HttpSink SINK = HttpSink.start();

  private SharedMailServices() {}

  static HttpSink sink() {
    return SINK;
  }

  static Sending.MailEndpoints endpoints() {
    return new Sending.MailEndpoints(Optional.of(SINK.uri("")), Optional.of(SINK.uri("")));
  }
}
