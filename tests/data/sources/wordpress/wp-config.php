<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:@SOCKET@');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', '@URL@');
define('WP_SITEURL', '@URL@');
define('WP_CONTENT_DIR', '@ROOT@wp-content');
// Nothing is asked outside of this machine.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);
define('WP_DEBUG', false);
foreach (array('AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE') as $name) {
    define($name . '_KEY', '@SECRET@');
    define($name . '_SALT', '@SECRET@');
}
$table_prefix = 'wp_';
if (!defined('ABSPATH')) {
    define('ABSPATH', '@ROOT@');
}
require_once ABSPATH . 'wp-settings.php';
