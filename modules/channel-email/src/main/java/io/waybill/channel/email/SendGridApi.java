package io.waybill.channel.email;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.waybill.domain.MailAddress;
import io.waybill.domain.MailService;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * SendGrid, version 3 of its interface. It makes the mail itself out of parts, and is told to leave
 * them as they are: no pixel, no rewritten links.
 *
 * <p>Mails that are encrypted to a password go as their covering text and the same attachment that
 * other ways carry. S/MIME is a form of the whole message, which cannot be had here; the rules
 * refuse it.
 *
 * @see <a href="https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send">Mail
 *     Send</a>
 */
final class SendGridApi implements MailApi {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String SEND = "/v3/mail/send";
  private static final String SCOPES = "/v3/scopes";
  private static final String MAY_SEND = "\"mail.send\"";
  private static final Pattern REFERENCE = Pattern.compile("[A-Za-z0-9._=-]{1,200}");

  private final Place place;
  private final Keyring keyring;
  private final Task task;
  private final InstantSource clock;

  SendGridApi(Place place, Keyring keyring, Task task, InstantSource clock) {
    this.place = place;
    this.keyring = keyring;
    this.task = task;
    this.clock = clock;
  }

  @Override
  public String accepted() {
    return "202";
  }

  /** An attachment as SendGrid takes it. */
  @FunctionalInterface
  private interface Attached {
    void writeTo(JsonGenerator json) throws IOException;
  }

  @Override
  public HttpCall mail(Composed.Ready ready, MailAddress recipient) {
    Mail mail = ready.mail();
    return switch (ready.protection()) {
      case Protection.ConnectionAlone() ->
          call(
              ready,
              recipient,
              mail.text(),
              mail.html(),
              json ->
                  attachment(
                      json, mail.attachmentName(), "application/json", mail.attachment().bytes()));
      case Protection.ByPassword password -> {
        // Once, and held: it is other bytes each time.
        byte[] encrypted = MailMaker.encrypted(mail, password.envelope());
        yield call(
            ready,
            recipient,
            password.cover(),
            Optional.empty(),
            json -> attachment(json, MailMaker.CMS_NAME, "application/cms", encrypted));
      }
      case Protection.ByCertificates _ ->
          throw new IllegalStateException("a mail that the rules refuse came this far");
    };
  }

  private HttpCall call(
      Composed.Ready ready,
      MailAddress recipient,
      String text,
      Optional<String> html,
      Attached attached) {
    return authorized(
        HttpCall.postJson(
            SEND,
            out -> {
              try (JsonGenerator json = JSON.createGenerator(out)) {
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                json.writeStartObject();
                json.writeArrayFieldStart("personalizations");
                json.writeStartObject();
                json.writeArrayFieldStart("to");
                address(json, recipient);
                json.writeEndArray();
                json.writeEndObject();
                json.writeEndArray();
                json.writeFieldName("from");
                address(json, ready.from());
                json.writeStringField("subject", ready.mail().subject());
                json.writeArrayFieldStart("content");
                content(json, "text/plain", text);
                if (html.isPresent()) {
                  content(json, "text/html", html.get());
                }
                json.writeEndArray();
                json.writeArrayFieldStart("attachments");
                attached.writeTo(json);
                json.writeEndArray();
                headers(json, MailMaker.id(task, ready.from(), recipient));
                json.writeObjectFieldStart("tracking_settings");
                off(json, "click_tracking");
                off(json, "open_tracking");
                off(json, "subscription_tracking");
                off(json, "ganalytics");
                json.writeEndObject();
                json.writeEndObject();
              }
            }));
  }

  private static void address(JsonGenerator json, MailAddress address) throws IOException {
    json.writeStartObject();
    json.writeStringField("email", address.address());
    if (address.name().isPresent()) {
      json.writeStringField("name", address.name().get());
    }
    json.writeEndObject();
  }

  private static void content(JsonGenerator json, String type, String text) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", type);
    // An empty one is refused.
    json.writeStringField("value", text.isEmpty() ? "\n" : text);
    json.writeEndObject();
  }

  private static void attachment(JsonGenerator json, String name, String type, byte[] content)
      throws IOException {
    json.writeStartObject();
    json.writeBinaryField("content", content);
    json.writeStringField("type", type);
    json.writeStringField("filename", name);
    json.writeStringField("disposition", "attachment");
    json.writeEndObject();
  }

  private void headers(JsonGenerator json, String messageId) throws IOException {
    json.writeObjectFieldStart("headers");
    json.writeStringField("Message-ID", messageId);
    json.writeStringField("X-Delivery-Id", task.deliveryId().toString());
    json.writeStringField("Auto-Submitted", "auto-generated");
    json.writeEndObject();
  }

  private static void off(JsonGenerator json, String setting) throws IOException {
    json.writeObjectFieldStart(setting);
    json.writeBooleanField("enable", false);
    json.writeEndObject();
  }

  @Override
  public HttpCall question() {
    return authorized(HttpCall.get(SCOPES));
  }

  private HttpCall authorized(HttpCall call) {
    return call.with(
        Map.of("Authorization", "Bearer " + keyring.need(MailService.SendGrid.API_KEY)));
  }

  @Override
  public Handed meaning(HttpAnswer answer) throws Ended {
    int status = answer.status();
    return switch (status) {
      case 202 ->
          new Handed.Taken(
              answer
                  .header("X-Message-Id")
                  .filter(id -> REFERENCE.matcher(id).matches() && !keyring.isEchoedBy(id))
                  .orElse(""));
      // The sandbox's answer: all was right, and nothing will be sent.
      case 200, 201, 203, 204 ->
          throw new Ended(
              new Failure(
                  Reason.PROTOCOL_ERROR,
                  place.host()
                      + " answered "
                      + status
                      + ", not the 202 of who sends the mail: is the account in sandbox mode?"));
      case 400 -> new Handed.Never(Reason.HTTP_PERMANENT, "400", false);
      case 413 -> new Handed.Never(Reason.HTTP_PERMANENT, "413 (the mail is too large)", true);
      default -> refusal(answer);
    };
  }

  private Handed refusal(HttpAnswer answer) throws Ended {
    int status = answer.status();
    String message = place.host() + " answered " + status;
    return switch (status) {
      case 401 ->
          throw credentials(
              message + ": the API key is not right; update the destination with the right one");
      case 403 ->
          throw credentials(
              message
                  + ": the API key may not send mails (it needs the right to mail.send), or the"
                  + " address that mails are from is not verified");
      case 408, 425 -> throw new Ended(new Failure(Reason.HTTP_TRANSIENT, message));
      case 429 ->
          throw new Ended(
              new Failure(
                  Reason.HTTP_TRANSIENT,
                  message + ": it asks to slow down",
                  answer.pause("X-RateLimit-Reset", clock.instant())));
      default -> {
        if (status / 100 == 3) {
          yield new Handed.Never(
              Reason.REDIRECT_REFUSED, status + " (redirects are never followed)", true);
        }
        if (status / 100 == 4) {
          yield new Handed.Never(Reason.HTTP_PERMANENT, Integer.toString(status), true);
        }
        throw new Ended(
            new Failure(
                Reason.HTTP_TRANSIENT, message, answer.pause("Retry-After", clock.instant())));
      }
    };
  }

  private static Ended credentials(String message) {
    return new Ended(new Failure(Reason.CREDENTIALS_REFUSED, message, Optional.of(LogIns.PAUSE)));
  }

  @Override
  public void judge(HttpAnswer answer) throws Ended {
    if (answer.status() == 200) {
      if (!answer.mentions(MAY_SEND)) {
        throw credentials(
            place.host() + " knows the API key, which may not send mails: give it mail.send");
      }
      return;
    }
    if (refusal(answer) instanceof Handed.Never never) {
      throw new Ended(
          new Failure(never.reason(), place.host() + " answered " + never.words()), true);
    }
  }
}
