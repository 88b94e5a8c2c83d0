package io.waybill.channel.webhook;

import java.time.Duration;
import java.util.List;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;

/**
 * What all requests to one version of a destination have in common. Checked, and with its
 * credentials open: a class, because a record would print them.
 */
final class Target {
  private final HttpHost host;
  private final String method;
  private final String path;
  private final List<Header> headers;
  private final List<String> credentials;
  private final Duration timeout;
  private final RequestConfig requestConfig;
  private final Identity identity;
  private final boolean wantsExcerpt;

  /**
   * @param headers as configured, and those of content and authentication
   * @param credentials never to be repeated anywhere
   * @param timeout of one attempt
   * @param wantsExcerpt whether the start of a refusal may be kept
   */
  Target(
      HttpHost host,
      String method,
      String path,
      List<Header> headers,
      List<String> credentials,
      Duration timeout,
      RequestConfig requestConfig,
      Identity identity,
      boolean wantsExcerpt) {
    this.host = host;
    this.method = method;
    this.path = path;
    this.headers = List.copyOf(headers);
    this.credentials = List.copyOf(credentials);
    this.timeout = timeout;
    this.requestConfig = requestConfig;
    this.identity = identity;
    this.wantsExcerpt = wantsExcerpt;
  }

  HttpHost host() {
    return host;
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  List<Header> headers() {
    return headers;
  }

  /** Never to be repeated anywhere. */
  List<String> credentials() {
    return credentials;
  }

  Duration timeout() {
    return timeout;
  }

  RequestConfig requestConfig() {
    return requestConfig;
  }

  Identity identity() {
    return identity;
  }

  boolean wantsExcerpt() {
    return wantsExcerpt;
  }
}
