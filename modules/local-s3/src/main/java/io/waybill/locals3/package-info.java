/**
 * An object store on this machine for tests and the demo: S3Proxy with its objects in memory, in a
 * process of its own. Its many libraries stay in a folder of their own and on nobody's class path,
 * where they would mix with other versions of what Waybill uses.
 */
@NullMarked
package io.waybill.locals3;

import org.jspecify.annotations.NullMarked;
