package io.waybill.channel.storage;

import io.waybill.guard.AddressGuard;
import io.waybill.guard.EgressProxy;
import io.waybill.guard.Protocol;
import io.waybill.guard.Tunnel;
import io.waybill.guard.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;
import org.apache.hc.core5.net.URIAuthority;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * The SDK's only way out: resolves a host once, has the guard judge every address, dials what was
 * judged, and sends one request once. No retries, redirects, cookies, proxies or decompression. The
 * calling thread blocks until it is interrupted, which breaks the connection when the thread is
 * virtual; time-outs are the caller's. Safe to share between threads.
 */
final class GuardedHttpClient implements SdkHttpClient {
  /** Answers are small documents; what is longer says nothing to us. */
  private static final int MOST_BODY = 64 * 1024;

  /** Written by the HTTP client itself, or telling more of this machine than anybody needs. */
  private static final Set<String> NOT_COPIED =
      caseless("Host", "Content-Length", "User-Agent", "Expect", "Transfer-Encoding");

  /**
   * All that is read of an answer. The SDK would also parse dates, numbers and delays that nobody
   * needs, and fails on those that are not what it expects.
   */
  private static final Set<String> OF_USE =
      caseless(
          "ETag",
          "Content-Type",
          "x-amz-checksum-sha256",
          "x-amz-version-id",
          "x-amz-object-lock-mode",
          "x-amz-object-lock-legal-hold",
          "x-amz-meta-" + Upload.SHA256,
          "x-amz-meta-" + Upload.ORGANIZATION_ID,
          "x-amz-meta-" + Upload.TASK_ID,
          "x-amz-meta-" + Upload.DELETE_AFTER);

  private static final String RETAIN_UNTIL = "x-amz-object-lock-retain-until-date";

  /** What the SDK reads a time from. */
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z");

  /** Longer than anybody waits, and no number that overflows. */
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  /** What the calling thread may dial. The client connects on the thread that calls it. */
  private static final ScopedValue<Judged> JUDGED = ScopedValue.newInstance();

  /**
   * What was judged for one call.
   *
   * @param proxyAddresses where the operator's proxy is, when there is one
   */
  private record Judged(
      String host, List<InetAddress> addresses, List<InetAddress> proxyAddresses) {}

  private final AddressGuard guard;
  private final CloseableHttpClient client;
  private final Set<Thread> withTheProxy = ConcurrentHashMap.newKeySet();

  GuardedHttpClient(StorageSettings settings, AddressGuard guard, SSLContext sslContext) {
    this.guard = guard;
    this.client = HardenedClient.build(settings, new JudgedOnly(), this::socket, sslContext);
  }

  /** Whether the call of this thread waits for the operator's proxy to let it through. */
  boolean isWithTheProxy(Thread caller) {
    return withTheProxy.contains(caller);
  }

  /** Any other socket asks the JVM for a SOCKS proxy, which would dial for us. */
  private Socket socket() {
    return guard
        .proxy()
        .<Socket>map(proxy -> new TunnelSocket(proxy, withTheProxy))
        .orElseGet(() -> new Socket(Proxy.NO_PROXY));
  }

  /** Goes to the operator's proxy wherever it is sent, and asks it for that. */
  private static final class TunnelSocket extends Socket {
    private final EgressProxy proxy;
    private final Set<Thread> withTheProxy;
    private boolean asked;

    TunnelSocket(EgressProxy proxy, Set<Thread> withTheProxy) {
      super(Proxy.NO_PROXY);
      this.proxy = proxy;
      this.withTheProxy = withTheProxy;
    }

    @Override
    public void connect(SocketAddress target, int timeoutMillis) throws IOException {
      if (asked) {
        super.connect(target, timeoutMillis);
        return;
      }
      asked = true;
      Judged judged = JUDGED.get();
      withTheProxy.add(Thread.currentThread());
      try {
        Tunnel.connect(
            this,
            proxy,
            judged.proxyAddresses(),
            judged.host(),
            (InetSocketAddress) target,
            timeoutMillis);
      } finally {
        withTheProxy.remove(Thread.currentThread());
      }
    }
  }

  /** A host that was not judged for the call under way does not exist. */
  private static final class JudgedOnly implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      if (!JUDGED.isBound() || !JUDGED.get().host().equalsIgnoreCase(host)) {
        throw new UnknownHostException("not judged");
      }
      return JUDGED.get().addresses().toArray(InetAddress[]::new);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }

  /** The guard refused an address of the host. */
  static final class DeniedException extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient Verdict.Denied denied;

    DeniedException(Verdict.Denied denied) {
      super("address denied");
      this.denied = denied;
    }

    Verdict.Denied denied() {
      return denied;
    }
  }

  /** The port is another service's. */
  static final class PortDeniedException extends IOException {
    private static final long serialVersionUID = 1L;

    PortDeniedException(Verdict.PortDenied denied) {
      super(denied.inWords());
    }
  }

  /** The store answered 2xx, with an error in its body. */
  static final class ErrorInSuccessException extends IOException {
    private static final long serialVersionUID = 1L;

    ErrorInSuccessException() {
      super("an error document with a status of success");
    }
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        return send(request);
      }

      @Override
      public void abort() {
        // Attempts are broken off by interrupting their thread.
      }
    };
  }

  private HttpExecuteResponse send(HttpExecuteRequest request) throws IOException {
    String host = unbracketed(request.httpRequest().host());
    List<InetAddress> addresses = judge(host, request.httpRequest().port());
    Judged judged = new Judged(host, addresses, await(guard.proxyAddresses()));
    return ScopedValue.where(JUDGED, judged)
        .<HttpExecuteResponse, IOException>call(() -> exchange(request, host));
  }

  private List<InetAddress> judge(String host, int port) throws IOException {
    return switch (await(guard.check(host, port, Protocol.HTTP))) {
      case Verdict.Allowed(List<InetAddress> addresses) -> addresses;
      case Verdict.Denied denied -> throw new DeniedException(denied);
      case Verdict.PortDenied denied -> throw new PortDeniedException(denied);
      case Verdict.Unresolvable _ -> throw new UnknownHostException("no address");
    };
  }

  private static <T> T await(CompletionStage<T> answer) throws IOException {
    try {
      return answer.toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("broken off during the look-up");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the guard failed", e);
    }
  }

  private HttpExecuteResponse exchange(HttpExecuteRequest request, String host) throws IOException {
    SdkHttpRequest head = request.httpRequest();
    HttpHost target = new HttpHost(head.protocol(), host, head.port());
    ClassicHttpResponse answer =
        client.executeOpen(target, message(request, target), HttpClientContext.create());
    try {
      SdkHttpResponse.Builder copy = SdkHttpResponse.builder().statusCode(answer.getCode());
      for (Header header : answer.getHeaders()) {
        if (isOfUse(header)) {
          copy.appendHeader(header.getName(), header.getValue());
        }
      }
      byte[] body = body(answer);
      if (isWrite(head.method()) && answer.getCode() / 100 == 2 && isError(body)) {
        throw new ErrorInSuccessException();
      }
      return HttpExecuteResponse.builder()
          .response(copy.build())
          .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
          .build();
    } finally {
      letGo(answer);
    }
  }

  /**
   * Breaks the connection unless all of the answer was read. Closing in the usual way would read an
   * endless answer to its end first.
   */
  private static void letGo(ClassicHttpResponse answer) throws IOException {
    if (answer instanceof ModalCloseable connection) {
      connection.close(CloseMode.IMMEDIATE);
    } else {
      answer.close();
    }
  }

  static BasicClassicHttpRequest message(HttpExecuteRequest request, HttpHost target)
      throws IOException {
    SdkHttpRequest head = request.httpRequest();
    String path = head.encodedPath();
    String query = head.encodedQueryParameters().map(text -> "?" + text).orElse("");
    BasicClassicHttpRequest message =
        new BasicClassicHttpRequest(
            head.method().name(), target, (path.isEmpty() ? "/" : path) + query);
    // The Host header is signed as the SDK writes it, without the port that its scheme implies.
    boolean isStandardPort = SdkHttpUtils.isUsingStandardPort(head.protocol(), head.port());
    message.setAuthority(
        new URIAuthority(target.getHostName(), isStandardPort ? -1 : target.getPort()));
    head.forEachHeader((name, values) -> {
      if (!NOT_COPIED.contains(name)) {
        values.forEach(value -> message.addHeader(name, value));
      }
    });
    if (request.contentStreamProvider().isPresent()) {
      long length = head.firstMatchingHeader("Content-Length").map(Long::parseLong).orElse(-1L);
      message.setEntity(
          new InputStreamEntity(request.contentStreamProvider().get().newStream(), length, null));
    }
    return message;
  }

  /** The start of the body. Of a longer one the connection is not given back. */
  private static byte[] body(ClassicHttpResponse answer) throws IOException {
    HttpEntity entity = answer.getEntity();
    if (entity == null) {
      return new byte[0];
    }
    InputStream content = entity.getContent();
    byte[] body = content.readNBytes(MOST_BODY);
    if (body.length < MOST_BODY) {
      content.close();
    }
    return body;
  }

  private static boolean isOfUse(Header header) {
    return OF_USE.contains(header.getName())
        || (header.getName().equalsIgnoreCase(HttpHeaders.RETRY_AFTER)
            && SECONDS.matcher(header.getValue()).matches())
        || (header.getName().equalsIgnoreCase(RETAIN_UNTIL)
            && TIME.matcher(header.getValue()).matches());
  }

  /** Answers to these have an error in their body, when something went wrong after the headers. */
  private static boolean isWrite(SdkHttpMethod method) {
    return method == SdkHttpMethod.PUT || method == SdkHttpMethod.POST;
  }

  private static boolean isError(byte[] body) {
    return new String(body, StandardCharsets.ISO_8859_1).contains("<Error");
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static Set<String> caseless(String... names) {
    Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    set.addAll(List.of(names));
    return set;
  }

  @Override
  public String clientName() {
    return "Waybill";
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
  }
}
