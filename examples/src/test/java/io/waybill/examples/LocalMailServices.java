package io.waybill.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * SendGrid and Amazon SES as far as mails are handed over: they refuse who does not say who he is,
 * and what is not in their form, with the status and the words of the real ones.
 */
final class LocalMailServices {
  static final String API_KEY = "SG.example-key";
  static final String ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE";
  static final String SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  static final String SEND_GRID = "/v3/mail/send";
  static final String SES = "/v2/email/outbound-emails";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SIGNED =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential="
              + ACCESS_KEY_ID
              + "/\\d{8}/us-east-1/ses/aws4_request, SignedHeaders=content-type;host;x-amz-date,"
              + " Signature=[0-9a-f]{64}");

  private LocalMailServices() {}

  static void standIn(HttpSink http) {
    http.answer(SEND_GRID, LocalMailServices::sendGrid);
    http.answer(SES, LocalMailServices::ses);
  }

  private static Answer sendGrid(ReceivedRequest request) {
    if (!request.header("Authorization").equals(java.util.Optional.of("Bearer " + API_KEY))) {
      return Answer.status(401);
    }
    JsonNode mail = json(request);
    boolean isWhole =
        mail.at("/personalizations/0/to").size() == 1
            && mail.at("/from/email").isTextual()
            && !mail.path("subject").asText().isEmpty()
            && mail.at("/content/0/type").asText().equals("text/plain")
            && !mail.at("/content/0/value").asText().isEmpty();
    return isWhole
        ? Answer.status(202).header("X-Message-Id", "sg-" + request.bodyText().length())
        : Answer.status(400);
  }

  private static Answer ses(ReceivedRequest request) {
    if (!SIGNED.matcher(request.header("Authorization").orElse("")).matches()) {
      return Answer.status(403).header("x-amzn-ErrorType", "InvalidSignatureException");
    }
    boolean isWhole = json(request).at("/Destination/ToAddresses").size() == 1;
    return isWhole && raw(request).startsWith("Date: ")
        ? Answer.status(200).body("{\"MessageId\": \"0100018f-1\"}")
        : Answer.status(400).header("x-amzn-ErrorType", "BadRequestException");
  }

  /** The mail that SES was given. */
  static String raw(ReceivedRequest request) {
    return new String(
        Base64.getDecoder().decode(json(request).at("/Content/Raw/Data").asText()),
        StandardCharsets.ISO_8859_1);
  }

  static JsonNode json(ReceivedRequest request) {
    try {
      return JSON.readTree(request.bodyText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
