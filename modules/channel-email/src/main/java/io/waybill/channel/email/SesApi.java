package io.waybill.channel.email;

import static java.util.Map.entry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.waybill.domain.MailAddress;
import io.waybill.domain.MailService;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.util.CRLFOutputStream;

/**
 * Amazon SES, version 2 of its interface: mails go as they are composed (raw), so that nothing of
 * them is made by somebody else but the Message-ID and the Date, which SES always writes itself.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html">SendEmail</a>
 */
final class SesApi implements MailApi {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String OUTBOUND = "/v2/email/outbound-emails";
  private static final String ACCOUNT = "/v2/email/account";
  private static final Pattern REFERENCE = Pattern.compile("[A-Za-z0-9._@-]{1,200}");

  /** Somebody must do something about it; asking each minute would help nobody. */
  private static final Duration UNTIL_SOMEBODY_ACTS = Duration.ofMinutes(5);

  private enum Kind {
    /** Another try may succeed. */
    FOR_NOW,
    /** Another try may succeed once somebody has acted. */
    PAUSED,
    /** This mail never. */
    MAIL,
    /** No mail of this destination, as it is configured. */
    DESTINATION,
    CREDENTIALS
  }

  private record Known(Kind kind, String words) {}

  private static final String BUSY = "it asks to slow down";
  private static final String NO_KEY = "it does not know the access key id";
  private static final String NO_SIGNATURE =
      "the secret access key is not right, or this machine's clock is off";
  private static final String NO_SESSION = "the session is over";
  private static final String NO_RIGHT = "the key pair may not do this: it needs ses:SendEmail";

  private static final Map<String, Known> BY_TYPE =
      Map.ofEntries(
          entry("ThrottlingException", new Known(Kind.FOR_NOW, BUSY)),
          entry("Throttling", new Known(Kind.FOR_NOW, BUSY)),
          entry("TooManyRequestsException", new Known(Kind.FOR_NOW, BUSY)),
          entry(
              "LimitExceededException",
              new Known(Kind.FOR_NOW, "a limit of the account is reached")),
          entry("RequestExpired", new Known(Kind.FOR_NOW, "this machine's clock is off")),
          entry(
              "SendingPausedException",
              new Known(Kind.PAUSED, "sending is paused for the account")),
          entry(
              "MessageRejected",
              new Known(Kind.MAIL, "it takes no such content, or an address is not verified")),
          entry("BadRequestException", new Known(Kind.MAIL, "it takes no such request")),
          entry("ValidationException", new Known(Kind.MAIL, "it takes no such request")),
          entry(
              "MailFromDomainNotVerifiedException",
              new Known(Kind.DESTINATION, "the domain that mails are from is not verified")),
          entry(
              "NotFoundException",
              new Known(Kind.DESTINATION, "there is no such configuration set")),
          entry(
              "AccountSuspendedException",
              new Known(Kind.DESTINATION, "the account may not send any more")),
          entry("UnrecognizedClientException", new Known(Kind.CREDENTIALS, NO_KEY)),
          entry("InvalidClientTokenId", new Known(Kind.CREDENTIALS, NO_KEY)),
          entry("MissingAuthenticationTokenException", new Known(Kind.CREDENTIALS, NO_KEY)),
          entry("InvalidSignatureException", new Known(Kind.CREDENTIALS, NO_SIGNATURE)),
          entry("SignatureDoesNotMatch", new Known(Kind.CREDENTIALS, NO_SIGNATURE)),
          entry("IncompleteSignature", new Known(Kind.CREDENTIALS, NO_SIGNATURE)),
          entry("ExpiredTokenException", new Known(Kind.CREDENTIALS, NO_SESSION)),
          entry("ExpiredToken", new Known(Kind.CREDENTIALS, NO_SESSION)),
          entry("AccessDeniedException", new Known(Kind.CREDENTIALS, NO_RIGHT)),
          entry("AccessDenied", new Known(Kind.CREDENTIALS, NO_RIGHT)));

  private final MailService.Ses service;
  private final Place place;
  private final Keyring keyring;
  private final Task task;
  private final MailMaker maker;
  private final InstantSource clock;

  SesApi(
      MailService.Ses service,
      Place place,
      Keyring keyring,
      Task task,
      Session session,
      InstantSource clock) {
    this.service = service;
    this.place = place;
    this.keyring = keyring;
    this.task = task;
    this.maker = new MailMaker(session);
    this.clock = clock;
  }

  @Override
  public String accepted() {
    return "200";
  }

  @Override
  public HttpCall mail(Composed.Ready mail, MailAddress recipient) {
    // Held whole: what is encrypted is other bytes each time it is written, and must be signed.
    byte[] message = message(mail, recipient);
    return signed(
        HttpCall.postJson(
            OUTBOUND,
            out -> {
              try (JsonGenerator json = JSON.createGenerator(out)) {
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                json.writeStartObject();
                json.writeStringField("FromEmailAddress", mail.from().address());
                json.writeObjectFieldStart("Destination");
                json.writeArrayFieldStart("ToAddresses");
                json.writeString(recipient.address());
                json.writeEndArray();
                json.writeEndObject();
                json.writeObjectFieldStart("Content");
                json.writeObjectFieldStart("Raw");
                json.writeBinaryField("Data", message);
                json.writeEndObject();
                json.writeEndObject();
                if (service.configurationSet().isPresent()) {
                  json.writeStringField("ConfigurationSetName", service.configurationSet().get());
                }
                json.writeEndObject();
              }
            }));
  }

  private byte[] message(Composed.Ready mail, MailAddress recipient) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      CRLFOutputStream canonical = new CRLFOutputStream(out);
      maker
          .message(mail.mail(), mail.protection(), task, mail.from(), recipient, clock.instant())
          .writeTo(canonical);
      canonical.flush();
    } catch (MessagingException | IOException e) {
      throw new IllegalStateException("a mail of checked parts cannot be made", e);
    }
    return out.toByteArray();
  }

  @Override
  public HttpCall question() {
    return signed(HttpCall.get(ACCOUNT));
  }

  private HttpCall signed(HttpCall call) {
    return new SignatureV4("ses", service.region())
        .sign(
            call,
            HttpTransport.hostHeader(place),
            keyring.need(MailService.Ses.ACCESS_KEY_ID),
            keyring.need(MailService.Ses.SECRET_ACCESS_KEY),
            service.session()
                ? Optional.of(keyring.need(MailService.Ses.SESSION_TOKEN))
                : Optional.empty(),
            clock.instant());
  }

  @Override
  public Handed meaning(HttpAnswer answer) throws Ended {
    if (answer.status() == 200) {
      String reference =
          answer
              .field("MessageId")
              .orElseThrow(() ->
                  new Ended(
                      new Failure(
                          Reason.PROTOCOL_ERROR,
                          place.host()
                              + " answered 200 without a message's id, so nobody knows whether it"
                              + " has the mail")));
      boolean isSafe = REFERENCE.matcher(reference).matches() && !keyring.isEchoedBy(reference);
      return new Handed.Taken(isSafe ? reference : "");
    }
    return refusal(answer);
  }

  private Handed refusal(HttpAnswer answer) throws Ended {
    Optional<String> type = type(answer).filter(BY_TYPE::containsKey);
    Known known =
        type.map(BY_TYPE::get)
            .orElseGet(() -> new Known(byStatus(answer.status()), "see the documentation of SES"));
    String words =
        answer.status() + type.map(name -> " " + name + " (" + known.words() + ")").orElse("");
    String message = place.host() + " answered " + words;
    return switch (known.kind()) {
      case FOR_NOW ->
          throw new Ended(
              new Failure(
                  Reason.HTTP_TRANSIENT, message, answer.pause("Retry-After", clock.instant())));
      case PAUSED ->
          throw new Ended(
              new Failure(Reason.HTTP_TRANSIENT, message, Optional.of(UNTIL_SOMEBODY_ACTS)));
      case CREDENTIALS ->
          throw new Ended(
              new Failure(
                  Reason.CREDENTIALS_REFUSED,
                  message + ": update the destination with the right credentials",
                  Optional.of(LogIns.PAUSE)));
      case MAIL -> new Handed.Never(permanent(answer), words, false);
      case DESTINATION -> new Handed.Never(permanent(answer), words, true);
    };
  }

  private static Reason permanent(HttpAnswer answer) {
    return answer.status() / 100 == 3 ? Reason.REDIRECT_REFUSED : Reason.HTTP_PERMANENT;
  }

  private static Kind byStatus(int status) {
    return switch (status) {
      case 401, 403 -> Kind.CREDENTIALS;
      case 408, 425, 429 -> Kind.FOR_NOW;
      default -> status >= 300 && status < 500 ? Kind.DESTINATION : Kind.FOR_NOW;
    };
  }

  /** {@code TooManyRequestsException:http://...} in a header, or with a prefix in the body. */
  private static Optional<String> type(HttpAnswer answer) {
    return answer
        .header("x-amzn-ErrorType")
        .or(() -> answer.field("__type"))
        .or(() -> answer.field("code"))
        .map(text -> text.substring(text.indexOf('#') + 1))
        .map(text -> text.indexOf(':') < 0 ? text : text.substring(0, text.indexOf(':')));
  }

  @Override
  public void judge(HttpAnswer answer) throws Ended {
    if (answer.status() == 200) {
      if (answer.field("SendingEnabled").filter("false"::equals).isPresent()) {
        throw new Ended(
            new Failure(
                Reason.HTTP_TRANSIENT,
                place.host() + " says that sending is paused for the account"));
      }
      return;
    }
    if (type(answer).filter(name -> name.startsWith("AccessDenied")).isPresent()) {
      throw new Ended(
          new Failure(
              Reason.HTTP_PERMANENT,
              place.host()
                  + " knows these credentials but does not let them look at the account"
                  + " (ses:GetAccount), which deliveries do not need: only a delivery can tell"
                  + " whether they may send"),
          true);
    }
    if (refusal(answer) instanceof Handed.Never never) {
      throw new Ended(
          new Failure(never.reason(), place.host() + " answered " + never.words()), true);
    }
  }
}
