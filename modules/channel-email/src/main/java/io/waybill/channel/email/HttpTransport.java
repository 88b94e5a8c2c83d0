package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.domain.MailAddress;
import io.waybill.domain.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * Hands mails over to a service by HTTP, over one connection as long as the service keeps it. A
 * request is sent once: nothing is repeated, redirected, unpacked or remembered, since there is
 * nothing here that could.
 */
final class HttpTransport implements Transport {
  /** Answers are small documents; what is longer says nothing to us. */
  private static final int MOST_BODY = 64 * 1024;

  private static final int MOST_INTERIM_ANSWERS = 5;
  private static final Http1Config LIMITS =
      Http1Config.custom()
          .setMaxHeaderCount(200)
          .setMaxLineLength(16 * 1024)
          .setMaxEmptyLineCount(10)
          .build();

  private final LogIns logIns;
  private final Attempt attempt;
  private final Way way;
  private final MailApi api;
  private final Keyring keyring;
  private final String host;
  private List<InetAddress> judged = List.of();
  private LogIns.Turn.@Nullable Granted turn;
  private @Nullable DefaultBHttpClientConnection connection;

  HttpTransport(LogIns logIns, Attempt attempt, Way way, Keyring keyring, MailApi api) {
    this.keyring = keyring;
    this.logIns = logIns;
    this.attempt = attempt;
    this.way = way;
    this.api = api;
    this.host = way.place().host();
  }

  @Override
  public String accepted() {
    return api.accepted();
  }

  @Override
  public Reason refusedWith() {
    return Reason.HTTP_PERMANENT;
  }

  @Override
  public void open() throws Ended {
    judged = way.judged();
    // A service locks nobody out, so all may go on at a time once the credentials are proven.
    turn =
        Turns.granted(
            logIns,
            keyring.account(logIns, attempt.destination().organizationId(), way.place()),
            host,
            way.remaining());
  }

  @Override
  public Handed offer(Composed.Ready mail, MailAddress recipient) throws Ended {
    HttpAnswer answer = exchange(api.mail(mail, recipient));
    try {
      Handed handed = api.meaning(answer);
      turn().succeeded();
      return handed;
    } catch (Ended end) {
      noteRefusal(end);
      throw end;
    }
  }

  @Override
  public String probe() throws Ended {
    HttpAnswer answer = exchange(api.question());
    try {
      api.judge(answer);
      turn().succeeded();
      return Integer.toString(answer.status());
    } catch (Ended end) {
      noteRefusal(end);
      throw end;
    }
  }

  private LogIns.Turn.Granted turn() {
    LogIns.Turn.Granted mine = turn;
    if (mine == null) {
      throw new IllegalStateException("not opened");
    }
    return mine;
  }

  private void noteRefusal(Ended end) {
    if (end.failure().reason() == Reason.CREDENTIALS_REFUSED) {
      turn().refused();
    }
  }

  private HttpAnswer exchange(HttpCall call) throws Ended {
    try {
      return exchange(connected(), call);
    } catch (HttpException | MessageConstraintException e) {
      throw new Ended(new Failure(Reason.PROTOCOL_ERROR, host + " did not answer in HTTP/1.1"));
    } catch (IOException e) {
      // Whether the mail was taken nobody knows: worst case, this recipient gets it twice.
      throw new Ended(
          Failures.of(e, host)
              .orElseGet(() ->
                  new Failure(Reason.CONNECTION_LOST, "the connection to " + host + " broke")));
    }
  }

  private DefaultBHttpClientConnection connected() throws IOException, Ended {
    DefaultBHttpClientConnection open = connection;
    if (open == null) {
      open = new DefaultBHttpClientConnection(LIMITS);
      open.bind(way.connect(judged));
      connection = open;
    }
    return open;
  }

  private HttpAnswer exchange(DefaultBHttpClientConnection open, HttpCall call)
      throws IOException, HttpException {
    ClassicHttpRequest request = request(call);
    open.sendRequestHeader(request);
    open.sendRequestEntity(request);
    open.flush();
    ClassicHttpResponse response = finalAnswer(open);
    open.receiveResponseEntity(response);
    boolean isWhole = true;
    byte[] body = new byte[0];
    HttpEntity entity = response.getEntity();
    if (entity != null) {
      InputStream content = entity.getContent();
      body = content.readNBytes(MOST_BODY);
      isWhole = body.length < MOST_BODY;
    }
    HttpAnswer answer =
        new HttpAnswer(
            response.getCode(), headers(response), new String(body, StandardCharsets.UTF_8));
    if (!isWhole
        || !DefaultConnectionReuseStrategy.INSTANCE.keepAlive(
            request, response, HttpCoreContext.create())) {
      forget();
    }
    return answer;
  }

  private static ClassicHttpResponse finalAnswer(DefaultBHttpClientConnection open)
      throws IOException, HttpException {
    ClassicHttpResponse response = open.receiveResponseHeader();
    for (int i = 0; i < MOST_INTERIM_ANSWERS && response.getCode() < 200; i++) {
      response = open.receiveResponseHeader();
    }
    if (response.getCode() < 200) {
      throw new HttpException("interim answers without end");
    }
    return response;
  }

  private ClassicHttpRequest request(HttpCall call) {
    ClassicHttpRequest request = new BasicClassicHttpRequest(call.method(), call.path());
    request.setHeader("Host", hostHeader(way.place()));
    request.setHeader("User-Agent", "Waybill");
    call.headers().forEach(request::setHeader);
    if (call.length() > 0) {
      request.setHeader("Content-Length", Long.toString(call.length()));
      request.setEntity(
          new EntityTemplate(call.length(), null, null, out -> call.body().writeTo(out)));
    }
    return request;
  }

  /** Without the port that the scheme implies. */
  static String hostHeader(Place place) {
    String host = place.host().indexOf(':') >= 0 ? "[" + place.host() + "]" : place.host();
    return place.port() == (place.tls() ? 443 : 80) ? host : host + ":" + place.port();
  }

  private static Map<String, String> headers(ClassicHttpResponse response) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : response.getHeaders()) {
      headers.putIfAbsent(
          header.getName().toLowerCase(Locale.ROOT),
          Optional.ofNullable(header.getValue()).orElse(""));
    }
    return headers;
  }

  /** Not closed in the usual way, which would read an endless answer to its end first. */
  private void forget() {
    way.grip().drop();
    DefaultBHttpClientConnection open = connection;
    if (open != null) {
      connection = null;
      open.close(CloseMode.IMMEDIATE);
    }
  }

  @Override
  public void leave() {
    LogIns.Turn.Granted mine = turn;
    if (mine != null) {
      turn = null;
      mine.close();
    }
  }

  @Override
  public void close() {
    leave();
    forget();
  }
}
